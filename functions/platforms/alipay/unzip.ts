import { crc32, createInflateRaw } from 'node:zlib';
import { AppError } from '../../../shared/errors';
import { decodeUtf8 } from '../wire';
import type { ByteSource } from './byte-source';

/**
 * Reads a zip archive while it comes, front to back, as PKWARE's APPNOTE lays it out: local headers with their data (and, behind it, sizes
 * and CRC-32 where the writer did not know them before), then the central directory. Java's writer, which the platform uses, leaves them behind.
 */
const LOCAL_HEADER = 0x04034b50;
const DATA_DESCRIPTOR = 0x08074b50;
const DIRECTORY_HEADER = 0x02014b50;
const DIRECTORY_END = 0x06054b50;

const ENCRYPTED = 0x0001;
const SIZES_BEHIND = 0x0008;
const STORED = 0;
const DEFLATED = 8;
/** What a header says when the number is in a zip64 extension. */
const ZIP64 = 0xffffffff;

const MAX_ENTRIES = 64;
/** Deflate grows at most about a thousandfold, so a piece of this size unpacks to at most 16 MB at once. */
const PIECE = 16_384;

interface LocalHeader {
  readonly name: string;
  readonly method: number;
  /** Undefined where they come behind the data. */
  readonly sums: Sums | undefined;
}

interface Sums {
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
}

/**
 * The bytes of the one entry that `isWanted`; every other entry is read over, and all are checked against their CRC-32 and sizes. Whoever
 * reads to the end has had the whole archive.
 * @throws AppError bill.damaged (also encrypted, zip64, an unknown method, no or two wanted entries, more than `maxUnpackedBytes`)
 */
export async function* unzipOne(
  source: ByteSource,
  isWanted: (name: string) => boolean,
  maxUnpackedBytes: number,
): AsyncGenerator<Uint8Array> {
  let entries = 0;
  let wanted = 0;
  let left = maxUnpackedBytes;
  try {
    while ((await signatureOf(source)) === LOCAL_HEADER) {
      const header = await readLocalHeader(source);
      entries += 1;
      const isThis = isWanted(header.name);
      wanted += isThis ? 1 : 0;
      if (entries > MAX_ENTRIES || wanted > 1) throw damaged('zip-entries');
      for await (const bytes of readEntry(source, header)) {
        left -= bytes.length;
        if (left < 0) throw damaged('too-large');
        if (isThis) yield bytes;
      }
    }
    await readDirectory(source, entries);
    if (wanted === 0) throw damaged('zip-no-bill');
  } finally {
    await source.close();
  }
}

async function signatureOf(source: ByteSource): Promise<number> {
  const bytes = await source.peek(4);
  if (bytes === undefined) throw damaged('zip-cut');
  return bytes.readUInt32LE(0);
}

async function take(source: ByteSource, count: number): Promise<Buffer> {
  const bytes = await source.take(count);
  if (bytes === undefined) throw damaged('zip-cut');
  return bytes;
}

async function readLocalHeader(source: ByteSource): Promise<LocalHeader> {
  const head = await take(source, 30);
  const flags = head.readUInt16LE(6);
  const method = head.readUInt16LE(8);
  const sums = { crc: head.readUInt32LE(14), packed: head.readUInt32LE(18), unpacked: head.readUInt32LE(22) };
  const name = await take(source, head.readUInt16LE(26));
  await take(source, head.readUInt16LE(28));
  const areBehind = (flags & SIZES_BEHIND) !== 0;
  if ((flags & ENCRYPTED) !== 0) throw damaged('zip-encrypted');
  if (sums.packed === ZIP64 || sums.unpacked === ZIP64) throw damaged('zip-zip64');
  // Stored data of unknown length has no end that could be found.
  if (method !== DEFLATED && (method !== STORED || areBehind)) throw damaged('zip-method');
  return { name: nameOf(name), method, sums: areBehind ? undefined : sums };
}

/** UTF-8 has a flag that writers forget; Chinese names in GBK, which the platform writes, are hardly ever UTF-8 by chance. */
function nameOf(bytes: Buffer): string {
  return decodeUtf8(bytes) ?? new TextDecoder('gbk').decode(bytes);
}

async function* readEntry(source: ByteSource, header: LocalHeader): AsyncGenerator<Buffer> {
  let crc = 0;
  let unpacked = 0;
  const counter = { packed: 0 };
  const data =
    header.method === DEFLATED ? inflated(source, header.sums?.packed, counter) : stored(source, header.sums?.packed ?? 0, counter);
  for await (const bytes of data) {
    crc = crc32(bytes, crc);
    unpacked += bytes.length;
    yield bytes;
  }
  const sums = header.sums ?? (await readDescriptor(source));
  if (sums.crc !== crc || sums.unpacked !== unpacked || sums.packed !== counter.packed) throw damaged('zip-checksum');
}

async function* stored(source: ByteSource, size: number, counter: { packed: number }): AsyncGenerator<Buffer> {
  while (counter.packed < size) {
    const bytes = await source.some(Math.min(PIECE, size - counter.packed));
    if (bytes === undefined) throw damaged('zip-cut');
    counter.packed += bytes.length;
    yield bytes;
  }
}

/**
 * Feeds one piece after the other and looks how much of it was used: less than all of it means that the deflated stream has ended, and
 * the rest belongs to what follows. `size` is where it has to end, if that is known.
 */
async function* inflated(source: ByteSource, size: number | undefined, counter: { packed: number }): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: 65_536 });
  const out: Buffer[] = [];
  inflate.on('data', (bytes: Buffer) => out.push(bytes));
  const ended = new Promise<void>((resolve, reject) => inflate.once('end', resolve).once('error', reject));
  // A rejection is told where it is waited for.
  ended.catch(() => undefined);
  try {
    for (let isOpen = true; isOpen; ) {
      const room = size === undefined ? PIECE : Math.min(PIECE, size - counter.packed);
      const piece = room === 0 ? Buffer.alloc(0) : await source.some(room);
      if (piece === undefined) throw damaged('zip-cut');
      // After an error the stream never calls back.
      if (piece.length > 0) await Promise.race([write(inflate, piece), ended]);
      const used = inflate.bytesWritten - counter.packed;
      counter.packed += used;
      if (used < piece.length) source.giveBack(piece.subarray(used));
      isOpen = piece.length > 0 && used === piece.length;
      yield* out.splice(0);
    }
    inflate.end();
    await ended;
    yield* out.splice(0);
  } catch (error) {
    throw error instanceof AppError ? error : damaged('zip-deflate');
  } finally {
    inflate.destroy();
  }
}

function write(inflate: ReturnType<typeof createInflateRaw>, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => inflate.write(piece, (error) => (error ? reject(error) : resolve())));
}

/** Its signature may be left out, says the note. */
async function readDescriptor(source: ByteSource): Promise<Sums> {
  if ((await signatureOf(source)) === DATA_DESCRIPTOR) await take(source, 4);
  const bytes = await take(source, 12);
  return { crc: bytes.readUInt32LE(0), packed: bytes.readUInt32LE(4), unpacked: bytes.readUInt32LE(8) };
}

/** Nothing of it is needed but its being there: an archive cut between two entries has none. */
async function readDirectory(source: ByteSource, entries: number): Promise<void> {
  let listed = 0;
  while ((await signatureOf(source)) === DIRECTORY_HEADER) {
    const head = await take(source, 46);
    await take(source, head.readUInt16LE(28) + head.readUInt16LE(30) + head.readUInt16LE(32));
    listed += 1;
  }
  if ((await signatureOf(source)) !== DIRECTORY_END) throw damaged('zip-structure');
  const end = await take(source, 22);
  if (listed !== entries || end.readUInt16LE(10) !== entries) throw damaged('zip-entries');
}

function damaged(reason: string): AppError {
  return new AppError('bill.damaged', { platform: 'alipay', reason });
}

import { crc32, createDeflateRaw } from 'node:zlib';
import type { EpochMs } from '../../shared/time';
import { beijingText } from './beijing';
import { through } from './through';

export interface ZipEntry {
  /** As its writer encodes it: there is no flag that says how. */
  readonly name: Buffer;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const VERSION = 20;
/** Sizes and checksum follow the data, as Java's writer does that cannot seek. */
const DATA_DESCRIPTOR = 0x0008;
const DEFLATE = 8;

interface Written {
  readonly name: Buffer;
  readonly offset: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

/** A ZIP archive (PKWARE APPNOTE 6.3) written straight through; entries below 4 GiB. */
export async function* zip(entries: Iterable<ZipEntry>, at: EpochMs): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  const stamp = dosTime(at);
  let offset = 0;
  for (const { name, chunks } of entries) {
    const start = offset;
    let [crc, size, packed] = [0, 0, 0];
    const head = Buffer.concat([words([0x04034b50]), halves([VERSION, DATA_DESCRIPTOR, DEFLATE, ...stamp]), words([0, 0, 0])]);
    const local = Buffer.concat([head, halves([name.length, 0]), name]);
    yield local;
    for await (const chunk of through(measured(chunks), createDeflateRaw())) {
      packed += chunk.length;
      yield chunk;
    }
    yield words([0x08074b50, crc, packed, size]);
    written.push({ name, offset: start, crc, packed, size });
    offset += local.length + packed + 16;

    async function* measured(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        crc = crc32(chunk, crc);
        size += chunk.length;
        yield chunk;
      }
    }
  }
  const directory = Buffer.concat(written.map((entry) => directoryEntry(entry, stamp)));
  const count = written.length;
  yield Buffer.concat([directory, words([0x06054b50]), halves([0, 0, count, count]), words([directory.length, offset]), halves([0])]);
}

function directoryEntry({ name, offset, crc, packed, size }: Written, stamp: readonly number[]): Buffer {
  const head = Buffer.concat([
    words([0x02014b50]),
    halves([VERSION, VERSION, DATA_DESCRIPTOR, DEFLATE, ...stamp]),
    words([crc, packed, size]),
  ]);
  return Buffer.concat([head, halves([name.length, 0, 0, 0, 0]), words([0, offset]), name]);
}

/** Time and date of MS-DOS, in two-second steps. */
function dosTime(at: EpochMs): readonly [time: number, date: number] {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = beijingText(at).split(/\D/).map(Number);
  return [(hour << 11) | (minute << 5) | (second >> 1), ((year - 1980) << 9) | (month << 5) | day];
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, index * 4);
  });
  return bytes;
}

function halves(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16LE(value, index * 2);
  });
  return bytes;
}

import { randomBytes } from 'node:crypto';
import * as alipay from '../testing/alipay';
import { codeOf, refusalOf } from '../testing/refusals';
import { byteSource } from './byte-source';
import { unzipOne } from './unzip';

const DETAIL = Buffer.from(Array.from({ length: 5_000 }, (_, line) => `line ${line}, ${line * 7919}\n`).join(''));
const SUMMARY = Buffer.from('summary');
/** "明细.csv" and "汇总.csv" in GBK, as the platform writes them. */
const GBK_DETAIL = Buffer.from('c3f7cfb82e637376', 'hex');
const GBK_SUMMARY = Buffer.from('bbe3d7dc2e637376', 'hex');

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unzip(archive: Buffer, size = 1_000, limit = 10_000_000): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of unzipOne(byteSource(pieces(archive, size)), (name) => name.includes('明细'), limit)) parts.push(part);
  return Buffer.concat(parts);
}

const detail = { name: '明细.csv', data: DETAIL };
const summary = { name: '汇总.csv', data: SUMMARY };

test.each([1, 2, 7, 64, 1_000, 1_000_000])('finds the wanted entry in pieces of %i bytes, wherever they are cut', async (size) => {
  const archive = alipay.zipOf([{ ...summary, sumsBehind: true }, { ...detail, sumsBehind: true }, summary]);
  // A byte at a time is slow over the whole bill; a short one has all the borders.
  const short = alipay.zipOf([{ ...summary, sumsBehind: true }, { ...detail, data: DETAIL.subarray(0, 300), sumsBehind: true }, summary]);
  expect(await unzip(size < 7 ? short : archive, size)).toEqual(size < 7 ? DETAIL.subarray(0, 300) : DETAIL);
});

test.each([
  ['with its sums before', {}],
  ['with its sums behind', { sumsBehind: true }],
  ['with its sums behind, without their signature', { sumsBehind: true, withoutDescriptorSignature: true }],
  ['stored', { stored: true }],
  ['empty', { data: Buffer.alloc(0) }],
  ['empty, with its sums behind', { data: Buffer.alloc(0), sumsBehind: true }],
  ['that cannot be packed', { data: randomBytes(100_000), sumsBehind: true }],
  ['named in GBK', { nameBytes: GBK_DETAIL }],
  ['named in UTF-8 without saying so', { nameBytes: Buffer.from('明细.csv') }],
])('reads an entry %s', async (_what, changes) => {
  const entry = { ...detail, ...changes };
  expect(await unzip(alipay.zipOf([{ ...summary, nameBytes: GBK_SUMMARY }, entry, summary]))).toEqual(entry.data);
});

test('every size of a packed entry ends where the next header begins', async () => {
  for (let length = 1; length < 200; length += 1) {
    const data = randomBytes(length);
    expect(await unzip(alipay.zipOf([{ ...detail, data, sumsBehind: true }, summary]), 64)).toEqual(data);
  }
});

test.each([
  ['encrypted', { flags: 1 }, 'zip-encrypted'],
  ['packed by an unknown method', { method: 12 }, 'zip-method'],
  ['stored without a length', { stored: true, sumsBehind: true }, 'zip-method'],
  ['of another CRC-32', { crc: 1 }, 'zip-checksum'],
  ['of another CRC-32 behind it', { crc: 1, sumsBehind: true }, 'zip-checksum'],
])('refuses an entry that is %s', async (_what, changes, reason) => {
  const error = await refusalOf(() => unzip(alipay.zipOf([{ ...detail, ...changes }])));
  expect(error.code).toBe('bill.damaged');
  expect(error.detail).toMatchObject({ reason });
});

test('refuses a damaged entry that nobody wanted, too', async () => {
  expect(await codeOf(() => unzip(alipay.zipOf([detail, { ...summary, crc: 1 }])))).toBe('bill.damaged');
});

test('refuses an archive cut anywhere', async () => {
  const archive = alipay.zipOf([{ ...detail, data: DETAIL.subarray(0, 200), sumsBehind: true }, summary]);
  for (let length = 0; length < archive.length; length += 1) {
    expect(await codeOf(() => unzip(archive.subarray(0, length), 50))).toBe('bill.damaged');
  }
});

test('refuses an archive with any byte of an entry’s data changed', async () => {
  const archive = alipay.zipOf([{ ...detail, data: DETAIL.subarray(0, 400) }]);
  const start = 30 + Buffer.byteLength(detail.name);
  for (let at = start; at < start + 80; at += 1) {
    const changed = Buffer.from(archive);
    changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
    expect(await codeOf(() => unzip(changed))).toBe('bill.damaged');
  }
});

test('refuses zip64, a second bill, no bill, too many entries and what is no archive', async () => {
  const zip64 = alipay.zipOf([detail]);
  zip64.writeUInt32LE(0xffffffff, 18);
  for (const archive of [
    zip64,
    alipay.zipOf([detail, detail]),
    alipay.zipOf([summary]),
    alipay.zipOf([]),
    alipay.zipOf([detail, ...Array.from({ length: 64 }, () => summary)]),
    Buffer.from('<html>expired</html>'),
  ]) {
    expect(await codeOf(() => unzip(archive))).toBe('bill.damaged');
  }
});

test('refuses an archive that lists other entries than it holds', async () => {
  const two = alipay.zipOf([detail, summary]);
  const one = alipay.zipOf([detail]);
  const cut = two.subarray(0, two.indexOf(Buffer.from('504b0102', 'hex')));
  const forged = Buffer.concat([cut, one.subarray(one.indexOf(Buffer.from('504b0102', 'hex')))]);
  expect(await codeOf(() => unzip(forged))).toBe('bill.damaged');
});

test('a bomb is not unpacked beyond its bound, and its source is closed', async () => {
  const bomb = alipay.zipOf([{ ...detail, data: Buffer.alloc(50_000_000), sumsBehind: true }]);
  let closed = false;
  async function* watched() {
    try {
      yield* pieces(bomb, 8_192);
    } finally {
      closed = true;
    }
  }
  let bytes = 0;
  const read = async () => {
    for await (const part of unzipOne(byteSource(watched()), () => true, 1_000_000)) bytes += part.length;
  };
  const error = await refusalOf(read);
  expect(error.detail).toMatchObject({ reason: 'too-large' });
  expect(bytes).toBeLessThanOrEqual(1_000_000);
  expect(closed).toBe(true);
});

import { fen } from '../../shared/money';
import { type AppSlot, EMPTY_SLOT, type Hold, type Ring } from '../domain/account-state';

/**
 * Three fields of the state are packed, since written out they would cost a second write unit. Big-endian.
 * apps: 4 × [key version 2 | bound 1 | newest step 4 | bitmap 2]. ring: [dropped 1] then per place
 * [terminal 3 | sequence 4 | n 4 | recordedAt 6].
 */
const APP_BYTES = 9;
const PLACE_BYTES = 17;
const SLOT_COUNT = 4;

export function packApps(apps: readonly AppSlot[]): Uint8Array {
  if (apps.every((app) => app.keyVersion === 0)) return new Uint8Array();
  const buffer = Buffer.alloc(APP_BYTES * SLOT_COUNT);
  apps.forEach((app, index) => {
    const at = index * APP_BYTES;
    buffer.writeUInt16BE(app.keyVersion, at);
    buffer.writeUInt8(app.bound ? 1 : 0, at + 2);
    buffer.writeUInt32BE(app.newestStep, at + 3);
    buffer.writeUInt16BE(app.usedBitmap, at + 7);
  });
  return new Uint8Array(buffer);
}

export function unpackApps(packed: Uint8Array): readonly AppSlot[] {
  const buffer = viewOf(packed);
  return Array.from({ length: SLOT_COUNT }, (_, index): AppSlot => {
    const at = index * APP_BYTES;
    if (buffer.length < at + APP_BYTES) return EMPTY_SLOT;
    return {
      keyVersion: buffer.readUInt16BE(at),
      bound: buffer.readUInt8(at + 2) === 1,
      newestStep: buffer.readUInt32BE(at + 3),
      usedBitmap: buffer.readUInt16BE(at + 7),
    };
  });
}

export function packRing(ring: Ring): Uint8Array {
  if (ring.places.length === 0) return new Uint8Array();
  const buffer = Buffer.alloc(1 + ring.places.length * PLACE_BYTES);
  buffer.writeUInt8(ring.dropped ? 1 : 0, 0);
  ring.places.forEach((place, index) => {
    const at = 1 + index * PLACE_BYTES;
    buffer.writeUIntBE(place.terminal, at, 3);
    buffer.writeUInt32BE(place.sequence, at + 3);
    buffer.writeUInt32BE(place.n, at + 7);
    buffer.writeUIntBE(place.at, at + 11, 6);
  });
  return new Uint8Array(buffer);
}

export function unpackRing(packed: Uint8Array): Ring {
  const buffer = viewOf(packed);
  const count = buffer.length === 0 ? 0 : (buffer.length - 1) / PLACE_BYTES;
  return {
    places: Array.from({ length: count }, (_, index) => {
      const at = 1 + index * PLACE_BYTES;
      return {
        terminal: buffer.readUIntBE(at, 3),
        sequence: buffer.readUInt32BE(at + 3),
        n: buffer.readUInt32BE(at + 7),
        at: buffer.readUIntBE(at + 11, 6),
      };
    }),
    dropped: buffer.length > 0 && buffer.readUInt8(0) === 1,
  };
}

/** A sale's hold ("7-1024-hold"), offline passes ("pass-<entry number>"), or any other id as text. */
const SALE_HOLD = /^(\d{1,6})-(\d{1,9})-hold$/;
const PASS_HOLD = /^pass-(\d{1,10})$/;

/** Per hold: [form 1 | id 7 (terminal 3, sequence 4), 4 (entry number) or 1 + n (its length, text) | amount 6 | expires at 6]. */
export function packHolds(holds: readonly Hold[]): Uint8Array {
  return new Uint8Array(Buffer.concat(holds.map(packHold)));
}

function packHold({ entryId, amountFen, expiresAt }: Hold): Buffer {
  const tail = Buffer.alloc(12);
  tail.writeUIntBE(amountFen, 0, 6);
  tail.writeUIntBE(expiresAt, 6, 6);
  return Buffer.concat([packHoldId(entryId), tail]);
}

function packHoldId(entryId: string): Buffer {
  const sale = SALE_HOLD.exec(entryId);
  if (sale !== null && holdIdOf(Number(sale[1]), Number(sale[2])) === entryId) {
    const id = Buffer.alloc(8);
    id.writeUIntBE(Number(sale[1]), 1, 3);
    id.writeUInt32BE(Number(sale[2]), 4);
    return id;
  }
  const pass = PASS_HOLD.exec(entryId);
  const n = Number(pass?.[1]);
  if (pass !== null && n < 2 ** 32 && `pass-${n}` === entryId) {
    const id = Buffer.from([1, 0, 0, 0, 0]);
    id.writeUInt32BE(n, 1);
    return id;
  }
  const text = Buffer.from(entryId, 'utf8');
  return Buffer.concat([Buffer.from([2, text.length]), text]);
}

function holdIdOf(terminal: number, sequence: number): string {
  return `${terminal}-${sequence}-hold`;
}

/** @throws RangeError when the bytes end too early or name a form that there is not */
export function unpackHolds(packed: Uint8Array): readonly Hold[] {
  const buffer = viewOf(packed);
  const holds: Hold[] = [];
  let at = 0;
  while (at < buffer.length) {
    const { entryId, size } = readHoldId(buffer, at);
    at += size;
    holds.push({ entryId, amountFen: fen(buffer.readUIntBE(at, 6)), expiresAt: buffer.readUIntBE(at + 6, 6) });
    at += 12;
  }
  return holds;
}

function readHoldId(buffer: Buffer, at: number): { readonly entryId: string; readonly size: number } {
  const form = buffer.readUInt8(at);
  if (form === 0) return { entryId: holdIdOf(buffer.readUIntBE(at + 1, 3), buffer.readUInt32BE(at + 4)), size: 8 };
  if (form === 1) return { entryId: `pass-${buffer.readUInt32BE(at + 1)}`, size: 5 };
  if (form !== 2) throw new RangeError('a hold of an unknown form');
  const length = buffer.readUInt8(at + 1);
  return { entryId: buffer.toString('utf8', at + 2, at + 2 + length), size: 2 + length };
}

/** The same bytes, not a copy: a look-back reads many of them. */
function viewOf(packed: Uint8Array): Buffer {
  return Buffer.from(packed.buffer, packed.byteOffset, packed.length);
}

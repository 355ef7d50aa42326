import { type AppSlot, EMPTY_SLOT, type Ring } from '../domain/account-state';

/**
 * Two fields of the state are packed, since written out they would cost a second write unit. Big-endian.
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

/** The same bytes, not a copy: a look-back reads many of them. */
function viewOf(packed: Uint8Array): Buffer {
  return Buffer.from(packed.buffer, packed.byteOffset, packed.length);
}

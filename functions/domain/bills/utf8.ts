/**
 * Whether the bytes are UTF-8 (RFC 3629), without making text of them: a decoder costs more for a cell of a few characters than all the
 * rest of its row. Surrogates and overlong forms in three and four bytes are left to the eye of whoever reads a name of goods.
 */
export function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    const byte = bytes[at] ?? 0;
    const more = byte < 0x80 ? 0 : byte < 0xc2 ? -1 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf5 ? 3 : -1;
    if (more < 0 || at + more >= to) return false;
    for (let next = 1; next <= more; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return false;
    at += more + 1;
  }
  return true;
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { sign } from 'tweetnacl';
import { canonicalJson, type Json } from '../canonical-json';
import { type HeadFacts, headText } from './head-text';

/** SHA-256 (hex) over the RFC 8785 JSON of an entry, as a phone makes it. The functions make the same with node:crypto. */
export function hashOfEntry(entry: object): string {
  // An entry is JSON: it came as such.
  return bytesToHex(sha256(utf8(canonicalJson(entry as Json))));
}

/** Whether the key (hex of 32 bytes) signed (hex of 64 bytes) these facts, by Ed25519. */
export function isHeadSigned(facts: HeadFacts, publicKey: string, signature: string): boolean {
  const key = bytesOf(publicKey);
  const signed = bytesOf(signature);
  if (key.length !== sign.publicKeyLength || signed.length !== sign.signatureLength) return false;
  return sign.detached.verify(utf8(headText(facts)), signed, key);
}

/** The first 16 digits of the key's SHA-256, in groups of four: what two people can compare by eye. */
export function fingerprint(publicKey: string): string {
  return (
    bytesToHex(sha256(bytesOf(publicKey)))
      .slice(0, 16)
      .match(/.{4}/g) ?? []
  ).join(' ');
}

function bytesOf(hex: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(hex)) return new Uint8Array(0);
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

/** A phone's JavaScript core may lack TextEncoder. */
function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  const escaped = encodeURIComponent(text);
  for (let at = 0; at < escaped.length; at += 1) {
    if (escaped[at] === '%') {
      bytes.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(escaped.charCodeAt(at));
  }
  return Uint8Array.from(bytes);
}

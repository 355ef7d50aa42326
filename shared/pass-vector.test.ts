import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { identityPassSignedBytes, readIdentityPass, writeIdentityPass } from './identity-pass-format';
import { passSignedBytes, readPass, schoolTag, writePass } from './pass-format';

function vector(name: string): Record<string, string> {
  const doc = readFileSync(path.resolve(__dirname, '../docs/terminal-api.md'), 'utf8');
  const block = new RegExp(`<!-- vector:${name} -->\\n\`\`\`\\n([\\s\\S]*?)\\n\`\`\``).exec(doc)?.[1] ?? '';
  return Object.fromEntries(block.split('\n').map((line) => line.split(/\s+/)));
}

function isSigned(signed: Uint8Array, signature: Uint8Array, publicKey: string | undefined): boolean {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey ?? '', 'hex')]);
  return verify(null, signed, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
}

test('the pass in docs/terminal-api.md reads, verifies and writes as printed there', () => {
  const printed = vector('pass');
  const pass = readPass(printed.digits ?? '');
  if (pass === undefined) throw new Error('no pass is printed');
  const signed = passSignedBytes('demo', pass);
  expect(Buffer.from(signed.subarray(-29)).toString('hex')).toBe(printed.bytes);
  expect(Buffer.from(pass.signature).toString('hex')).toBe(printed.signature);
  expect(isSigned(signed, pass.signature, printed.public)).toBe(true);
  expect(writePass(pass, pass.signature)).toBe(printed.digits);
  expect(pass).toMatchObject({ school: schoolTag('demo'), index: 3, ceilingFen: 3_000, envelopeFen: 9_000, validFrom: 1_795_233_600_000 });
});

test('the identity pass in docs/terminal-api.md reads, verifies and writes as printed there', () => {
  const printed = vector('identity-pass');
  const pass = readIdentityPass(printed.digits ?? '');
  if (pass === undefined) throw new Error('no identity pass is printed');
  const signed = identityPassSignedBytes('demo', pass);
  expect(Buffer.from(signed.subarray(-29)).toString('hex')).toBe(printed.bytes);
  expect(Buffer.from(pass.signature).toString('hex')).toBe(printed.signature);
  expect(isSigned(signed, pass.signature, printed.public)).toBe(true);
  expect(writeIdentityPass(pass, pass.signature)).toBe(printed.digits);
  expect(pass).toMatchObject({ school: schoolTag('demo'), index: 7, role: 'student', validFrom: 1_795_233_300_000 });
  expect(pass.validUntil - pass.validFrom).toBe(130 * 60_000);
});

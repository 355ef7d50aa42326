import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { passSignedBytes, readPass, schoolTag, writePass } from './pass-format';

test('the pass in docs/terminal-api.md reads, verifies and writes as printed there', () => {
  const doc = readFileSync(path.resolve(__dirname, '../docs/terminal-api.md'), 'utf8');
  const block = /<!-- vector:pass -->\n```\n([\s\S]*?)\n```/.exec(doc)?.[1] ?? '';
  const printed = Object.fromEntries(block.split('\n').map((line) => line.split(/\s+/))) as Record<string, string>;
  const pass = readPass(printed.digits ?? '');
  if (pass === undefined) throw new Error('no pass is printed');
  const signed = passSignedBytes('demo', pass);
  expect(Buffer.from(signed.subarray(-29)).toString('hex')).toBe(printed.bytes);
  expect(Buffer.from(pass.signature).toString('hex')).toBe(printed.signature);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(printed.public ?? '', 'hex')]);
  expect(verify(null, signed, createPublicKey({ key: der, format: 'der', type: 'spki' }), pass.signature)).toBe(true);
  expect(writePass(pass, pass.signature)).toBe(printed.digits);
  expect(pass).toMatchObject({ school: schoolTag('demo'), index: 3, ceilingFen: 3_000, envelopeFen: 9_000, validFrom: 1_795_233_600_000 });
});

import { createHmac } from 'node:crypto';
import { createFieldCipher } from '../lib/field-cipher';
import type { ProofDeps } from '../operations/check-second-proof';
import type { GuessDeps } from '../operations/guess-guard';
import { createLockouts } from '../store/lockouts';
import { createSmsCodes } from '../store/sms-codes';
import type { MoneyParts } from './money-parts';

/** What a second proof is checked with. The key of SMS codes is made as the student function makes it, which sends them. */
export function createProofDeps({ database, config, clock, randomBytes, counter, common }: MoneyParts): ProofDeps & GuessDeps {
  const { keys, current } = config.ECODE_PASSWORD_PEPPERS;
  return {
    fieldCipher: createFieldCipher(config.ECODE_FIELD_KEYS, randomBytes),
    smsCodes: createSmsCodes(database),
    smsCodeKey: createHmac('sha256', keys[current] ?? new Uint8Array())
      .update('sms-code')
      .digest(),
    lockouts: createLockouts(database),
    clock,
    backOff: common.backOff,
    counter,
  };
}

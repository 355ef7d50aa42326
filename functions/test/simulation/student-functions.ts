import { createHash } from 'node:crypto';
import { AppError } from '../../../shared/errors';
import { createPasswords } from '../../domain/password';
import { createFieldCipher } from '../../lib/field-cipher';
import type { BindDeps } from '../../operations/bind';
import type { CancelLossDeps } from '../../operations/cancel-loss';
import type { CodeKeyDeps } from '../../operations/code-key';
import type { ListAppsDeps } from '../../operations/list-apps';
import type { RemoveAppDeps } from '../../operations/remove-app';
import type { ReportLossDeps } from '../../operations/report-loss';
import type { SignInDeps } from '../../operations/sign-in';
import type { LoginPlatform } from '../../platforms/contract';
import { createBindings } from '../../store/bindings';
import { createCards } from '../../store/cards';
import { createHolders } from '../../store/holders';
import { createIdentities } from '../../store/identities';
import { createLockouts } from '../../store/lockouts';
import { createPassbook } from '../../store/passbook';
import { createPassControls, createPasses } from '../../store/passes';
import { createIdentityRevocations } from '../../store/revoked-names';
import { createSessions } from '../../store/sessions';
import { createSmsCodes } from '../../store/sms-codes';
import type { FunctionInstance } from './function-instance';
import type { World } from './world';

export type StudentParts = BindDeps & CancelLossDeps & CodeKeyDeps & ListAppsDeps & RemoveAppDeps & ReportLossDeps & SignInDeps;

const RING = { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } };
export const PASSWORD = '739154';
export const ID_TAIL = '030417X';

/** The platform's sign-in: the code is the openid. */
const login: LoginPlatform = {
  exchangeCode: async ({ code }) => ({ openid: code }),
  webAuthorizeUrl: () => 'https://platform.example',
};

/** One running student function: the product's own stores over its stumbling database. Only scrypt is made cheap. */
export function studentParts(world: World, { database, clock, backOff, randomBytes }: FunctionInstance): StudentParts {
  const deriveKey = async (secret: Uint8Array, salt: Uint8Array) => createHash('sha256').update(secret).update(salt).digest();
  return {
    passbook: createPassbook(database),
    holders: createHolders(database),
    cards: createCards(database),
    identities: createIdentities(database),
    sessions: createSessions(database),
    bindings: createBindings(database),
    lockouts: createLockouts(database),
    smsCodes: createSmsCodes(database),
    passes: createPasses(database),
    passControls: createPassControls(database),
    identityRevocations: createIdentityRevocations(database),
    smsCodeKey: new Uint8Array(32),
    transact: (writes, token) => database.transact(writes, token),
    clock,
    randomBytes,
    backOff,
    counter: { count: () => undefined },
    passwords: createPasswords({ peppers: RING, randomBytes, deriveKey }),
    fieldCipher: createFieldCipher(RING, randomBytes),
    wecomOf: () => undefined,
    logins: { 'wechat-mini': { appId: 'wxmini', login } },
    keysOf: () => world.keys,
    packOf: async (schoolId) => {
      if (schoolId !== world.pack.schoolId) throw new AppError('school.unknown');
      return world.pack;
    },
  };
}

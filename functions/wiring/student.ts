import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { SignInPlatform } from '../../shared/api/student';
import { AppError, errorTable } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { createHeadSigner } from '../domain/head-signer';
import { createNumberToken } from '../domain/number-token';
import { createPassSigner } from '../domain/pass-signer';
import { createPasswords } from '../domain/password';
import { derivePageKey } from '../domain/school-keys';
import { listSchool, type SchoolListing } from '../domain/school-search';
import { createBackOff } from '../lib/back-off';
import { cached } from '../lib/cache';
import { type Clock, systemClock } from '../lib/clock';
import { jsonSetting, loadEnvironment, masterKeySetting, publicBaseUrlSetting, readConfig, tableSettings } from '../lib/config';
import { createFieldCipher, type FieldKeys } from '../lib/field-cipher';
import type { HandlerDeps } from '../lib/handler';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import { romanize } from '../lib/romanize';
import { createTopUp, type Payer, type TopUpDeps, type TopUpWish } from '../operations/create-top-up';
import { readOrder } from '../operations/read-order';
import type { LoginApp, SignInDeps } from '../operations/sign-in';
import type { StudentDeps } from '../operations/student-deps';
import { createAlipayLogin } from '../platforms/alipay-login/alipay-login';
import type { SmsGateway } from '../platforms/contract';
import { createSmsGateway } from '../platforms/sms/sms-gateway';
import { createWechatLogin } from '../platforms/wechat-login/wechat-login';
import { createWecomLogins } from '../platforms/wecom-login/wecom-login';
import { createBindings } from '../store/bindings';
import { createCards } from '../store/cards';
import { createHolders } from '../store/holders';
import { createIdentities } from '../store/identities';
import { createLinks } from '../store/links';
import { createLockouts } from '../store/lockouts';
import { createMerchants } from '../store/merchants';
import { createPassbook } from '../store/passbook';
import { createPassControls, createPasses } from '../store/passes';
import { createPurses } from '../store/purses';
import { createIdentityRevocations } from '../store/revoked-names';
import { createSchools } from '../store/schools';
import { createSessions } from '../store/sessions';
import { createSmsCodes } from '../store/sms-codes';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { createDatabase } from './money-in';
import { createKeyring, createPackCache } from './sale-parts';
import { smsCodeKeyOf } from './sms-code-key';
import { createTopUpDeps, topUpSettings } from './top-ups';

export const studentHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({
  ...tableSettings,
  ...masterKeySetting,
  ...publicBaseUrlSetting,
  ...fieldKeysSetting,
  ...passwordPeppersSetting,
  ...topUpSettings,
  /** Settings of the adapters in functions/platforms, one JSON object each. */
  ECODE_WECHAT_LOGIN: jsonSetting,
  ECODE_ALIPAY_LOGIN: jsonSetting,
  ECODE_SMS: jsonSetting,
  /** Absent where no school has a WeChat Work of its own. */
  ECODE_WECOM_LOGIN: v.optional(jsonSetting),
});

export interface StudentWiring {
  readonly deps: StudentDeps;
  readonly createTopUp: (payer: Payer, wish: TopUpWish) => ReturnType<typeof createTopUp>;
  readonly readOrder: (owner: { readonly schoolId: string; readonly accountNo: number }, orderNo: string) => ReturnType<typeof readOrder>;
}

/** @throws AppError config.invalid */
export async function wireStudent(): Promise<StudentWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const database = createDatabase(config);
  const deps = createStudentDeps({
    database,
    clock: systemClock,
    randomBytes,
    masterKey: config.ECODE_MASTER_KEY,
    fieldKeys: config.ECODE_FIELD_KEYS,
    peppers: config.ECODE_PASSWORD_PEPPERS,
    logins: createLogins(config),
    wecomOf: config.ECODE_WECOM_LOGIN === undefined ? noWecom : createWecoms(config.ECODE_WECOM_LOGIN),
    smsGateway: createSmsGateway(config.ECODE_SMS, { fetch, now: systemClock, randomBytes }),
    publicBaseUrl: config.ECODE_PUBLIC_BASE_URL,
  });
  return withTopUps(deps, createTopUpDeps(database, config));
}

export function withTopUps(deps: StudentDeps, topUps: TopUpDeps): StudentWiring {
  return {
    deps,
    createTopUp: (payer, wish) => createTopUp(topUps, payer, wish),
    readOrder: (owner, orderNo) => readOrder(topUps, owner, orderNo),
  };
}

export interface StudentParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly masterKey: Uint8Array;
  readonly fieldKeys: FieldKeys;
  readonly peppers: FieldKeys;
  readonly logins: StudentDeps['logins'];
  readonly wecomOf?: StudentDeps['wecomOf'];
  readonly smsGateway: SmsGateway;
  readonly publicBaseUrl: string;
}

/** Names of merchants and packs may be this old; a changed one takes effect within it. */
const CACHE_MS = 10_000;

export function createStudentDeps(parts: StudentParts): StudentDeps {
  const { database, clock, peppers } = parts;
  const schools = createSchools(database);
  const merchants = createMerchants(database);
  const packAt = createPackCache(database);
  const merchantOf = cached(
    (key: string) => {
      const slash = key.indexOf('/');
      return merchants.find(key.slice(0, slash), Number(key.slice(slash + 1)));
    },
    { clock, maxAgeMs: CACHE_MS, maxEntries: 2_000 },
  );
  return {
    passbook: createPassbook(database),
    holders: createHolders(database, createNumberToken(parts.masterKey)),
    purses: createPurses(database),
    cards: createCards(database),
    identities: createIdentities(database),
    sessions: createSessions(database),
    bindings: createBindings(database),
    lockouts: createLockouts(database),
    smsCodes: createSmsCodes(database),
    passes: createPasses(database),
    passControls: createPassControls(database),
    identityRevocations: createIdentityRevocations(database),
    passSigner: createPassSigner(parts.masterKey),
    headSigner: createHeadSigner(parts.masterKey),
    pageKey: derivePageKey(parts.masterKey),
    links: createLinks(database),
    transact: (writes, token) => database.transact(writes, token),
    clock,
    randomBytes: parts.randomBytes,
    backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
    counter: studentHandlerDeps.counter,
    passwords: createPasswords({ peppers, randomBytes: parts.randomBytes }),
    fieldCipher: createFieldCipher(parts.fieldKeys, parts.randomBytes),
    smsCodeKey: smsCodeKeyOf(peppers),
    smsGateway: parts.smsGateway,
    logins: parts.logins,
    wecomOf: parts.wecomOf ?? noWecom,
    publicBaseUrl: parts.publicBaseUrl,
    keysOf: createKeyring(parts.masterKey),
    terminalOf: createTerminals(database).find,
    merchantOf: (schoolId, merchant) => merchantOf(`${schoolId}/${merchant}`),
    async packOf(schoolId) {
      const pack = await packAt(schoolId);
      if (pack === undefined) throw new AppError('school.unknown');
      return pack;
    },
    listings: createListings(schools, clock),
  };
}

/** Every school in force with what it is found by. A version of a pack never changes, so its pinyin is made once. */
function createListings(schools: ReturnType<typeof createSchools>, clock: Clock): () => Promise<readonly SchoolListing[]> {
  const versions = cached((_all: 'all') => schools.versions(), { clock, maxAgeMs: CACHE_MS, maxEntries: 1 });
  const listingOf = cached(
    async (key: string) => {
      const slash = key.indexOf('/');
      const pack = await schools.pack(key.slice(0, slash), Number(key.slice(slash + 1)));
      return pack === undefined ? undefined : listSchool(pack, romanize);
    },
    { clock, maxAgeMs: Number.MAX_SAFE_INTEGER, maxEntries: 5_000 },
  );
  return async () => {
    const inForce = (await versions('all')) ?? new Map<string, number>();
    const listings = await Promise.all([...inForce].map(([schoolId, version]) => listingOf(`${schoolId}/${version}`)));
    return listings.flatMap((listing) => (listing === undefined ? [] : [listing]));
  };
}

const noWecom: SignInDeps['wecomOf'] = () => undefined;

/** The app 校园一卡通 in the WeChat Work of a school: the corp's id is the app's. */
function createWecoms(setting: Readonly<Record<string, unknown>>): SignInDeps['wecomOf'] {
  const { corpOf, mini, web } = createWecomLogins(setting, { fetch, now: systemClock });
  return (platform, schoolId) => {
    const appId = corpOf(schoolId);
    return appId === undefined ? undefined : { appId, login: platform === 'wecom-mini' ? mini : web };
  };
}

const wechatAppsSchema = v.object({
  apps: v.array(v.object({ appId: v.string(), kind: v.picklist(['mini-program', 'official-account']) })),
});
const alipayAppsSchema = v.object({ apps: v.array(v.object({ appId: v.string() })) });

/**
 * Which app of ours each way to sign in belongs to. WeChat's settings say it of each app; Alipay's list the
 * mini-program first, and the page in the web view second where it has an app id of its own.
 */
export function createLogins(config: {
  readonly ECODE_WECHAT_LOGIN: Readonly<Record<string, unknown>>;
  readonly ECODE_ALIPAY_LOGIN: Readonly<Record<string, unknown>>;
}): StudentDeps['logins'] {
  const wechat = createWechatLogin(config.ECODE_WECHAT_LOGIN, { fetch });
  const alipay = createAlipayLogin(config.ECODE_ALIPAY_LOGIN, { fetch, now: systemClock, randomBytes });
  const wechatApps = v.parse(wechatAppsSchema, config.ECODE_WECHAT_LOGIN).apps;
  const alipayApps = v.parse(alipayAppsSchema, config.ECODE_ALIPAY_LOGIN).apps;
  const logins: Partial<Record<SignInPlatform, LoginApp>> = {};
  const add = (platform: SignInPlatform, app: { readonly appId: string } | undefined, login: LoginApp['login']): void => {
    if (app !== undefined) logins[platform] = { appId: app.appId, login };
  };
  add(
    'wechat-mini',
    wechatApps.find(({ kind }) => kind === 'mini-program'),
    wechat,
  );
  add(
    'wechat-web',
    wechatApps.find(({ kind }) => kind === 'official-account'),
    wechat,
  );
  add('alipay-mini', alipayApps[0], alipay);
  add('alipay-web', alipayApps[1] ?? alipayApps[0], alipay);
  return logins;
}

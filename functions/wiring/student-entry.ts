import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { schoolIdSchema } from '../../shared/api/common';
import { AppError, errorTable } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { createBackOff } from '../lib/back-off';
import { type Clock, systemClock } from '../lib/clock';
import { jsonSetting, loadEnvironment, publicBaseUrlSetting, readConfig, tableSettings } from '../lib/config';
import { createFieldCipher, type FieldKeys } from '../lib/field-cipher';
import type { HandlerDeps } from '../lib/handler';
import { fieldKeysSetting, passwordPeppersSetting } from '../lib/key-ring-setting';
import { createLog } from '../lib/logger';
import { createCounter } from '../lib/metrics';
import type { BindByCodeDeps } from '../operations/bind-by-code';
import type { BindBySsoDeps } from '../operations/bind-by-sso';
import type { readCaller } from '../operations/caller';
import type { SendIdentityCodeDeps } from '../operations/send-identity-code';
import { createCampusSso } from '../platforms/campus-sso/campus-sso';
import type { CampusSso, MailGateway, SmsGateway } from '../platforms/contract';
import { createMailGateway } from '../platforms/mail/mail-gateway';
import { createSmsGateway } from '../platforms/sms/sms-gateway';
import { createBindings } from '../store/bindings';
import { createHolders } from '../store/holders';
import { createIdentities } from '../store/identities';
import { createIdentityCodes } from '../store/identity-codes';
import { createLockouts } from '../store/lockouts';
import { createPassbook } from '../store/passbook';
import { createSessions } from '../store/sessions';
import { createSsoVisits } from '../store/sso-visits';
import type { Database } from '../store/table';
import { createDatabase } from './money-in';
import { createPackCache } from './sale-parts';
import { smsCodeKeyOf } from './sms-code-key';

export const studentEntryHandlerDeps: HandlerDeps = { log: createLog(), counter: createCounter(), clock: systemClock, texts: errorTable };

const settings = v.object({
  ...tableSettings,
  ...publicBaseUrlSetting,
  ...fieldKeysSetting,
  ...passwordPeppersSetting,
  ECODE_SMS: jsonSetting,
  /** The gateway that sends e-mail; absent where no school's pack has `email-code`. */
  ECODE_MAIL: v.optional(jsonSetting),
  /** `{"schools":{"sjtu":{…}}}`: settings of `campus-sso` by school; absent where none has a single sign-on. */
  ECODE_CAMPUS_SSO: v.optional(jsonSetting),
});
const ssoSchema = v.object({ schools: v.record(schoolIdSchema, v.unknown()) });

export interface StudentEntryWiring {
  readonly deps: BindBySsoDeps & BindByCodeDeps & SendIdentityCodeDeps & Parameters<typeof readCaller>[0];
}

/** @throws AppError config.invalid */
export async function wireStudentEntry(): Promise<StudentEntryWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  const world = { fetch, now: systemClock, randomBytes };
  return createStudentEntry({
    database: createDatabase(config),
    clock: systemClock,
    randomBytes,
    fieldKeys: config.ECODE_FIELD_KEYS,
    peppers: config.ECODE_PASSWORD_PEPPERS,
    smsGateway: createSmsGateway(config.ECODE_SMS, world),
    mailGateway: config.ECODE_MAIL === undefined ? noMail : createMailGateway(config.ECODE_MAIL, world),
    ssoOf: createSsos(config.ECODE_CAMPUS_SSO),
    publicBaseUrl: config.ECODE_PUBLIC_BASE_URL,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
}

export interface StudentEntryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly fieldKeys: FieldKeys;
  readonly peppers: FieldKeys;
  readonly smsGateway: SmsGateway;
  readonly mailGateway: MailGateway;
  readonly ssoOf: (schoolId: string) => CampusSso | undefined;
  readonly publicBaseUrl: string;
  readonly pause: (ms: number) => Promise<void>;
}

export function createStudentEntry(parts: StudentEntryParts): StudentEntryWiring {
  const { database, clock, peppers } = parts;
  const packAt = createPackCache(database);
  return {
    deps: {
      passbook: createPassbook(database),
      holders: createHolders(database),
      identities: createIdentities(database),
      sessions: createSessions(database),
      bindings: createBindings(database),
      lockouts: createLockouts(database),
      identityCodes: createIdentityCodes(database),
      ssoVisits: createSsoVisits(database),
      clock,
      randomBytes: parts.randomBytes,
      backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
      counter: studentEntryHandlerDeps.counter,
      fieldCipher: createFieldCipher(parts.fieldKeys, parts.randomBytes),
      smsCodeKey: smsCodeKeyOf(peppers),
      smsGateway: parts.smsGateway,
      mailGateway: parts.mailGateway,
      ssoOf: parts.ssoOf,
      publicBaseUrl: parts.publicBaseUrl,
      pause: parts.pause,
      async packOf(schoolId) {
        const pack = await packAt(schoolId);
        if (pack === undefined) throw new AppError('school.unknown');
        return pack;
      },
    },
  };
}

/** A pack may offer e-mail before its gateway is set up: that is counted, and nobody is told a number by it. */
const noMail: MailGateway = {
  send: async () => {
    throw new AppError('auth.mail-unavailable', { platform: 'mail', reason: 'not-configured' });
  },
};

/** One client a school, made at the start: a wrong setting must show before a student does. @throws AppError config.invalid */
function createSsos(setting: Readonly<Record<string, unknown>> | undefined): StudentEntryParts['ssoOf'] {
  const read = v.safeParse(ssoSchema, setting ?? { schools: {} });
  if (!read.success) throw new AppError('config.invalid', { setting: 'ECODE_CAMPUS_SSO' });
  const clients = new Map(
    Object.entries(read.output.schools).map(([schoolId, client]) => [schoolId, createCampusSso(client, { fetch, now: systemClock })]),
  );
  return (schoolId) => clients.get(schoolId);
}

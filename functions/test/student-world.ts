import { createHash, randomBytes } from 'node:crypto';
import type { SignInPlatform } from '../../shared/api/student';
import { AppError, errorTable } from '../../shared/errors';
import { fen } from '../../shared/money';
import { POLICY_DAY } from '../../shared/privacy-policy';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { openedDraft, topUpDraft } from '../domain/account-changes';
import { type Draft, type Entry, firstEntry, nextEntry } from '../domain/entry';
import { createPasswords } from '../domain/password';
import { answerWith } from '../lib/answer';
import { createHttpHandler, type HttpHandler } from '../lib/handler';
import type { LogFields } from '../lib/logger';
import type { StudentDeps } from '../operations/student-deps';
import type { LoginPlatform } from '../platforms/contract';
import { createSchools } from '../store/schools';
import type { Database, TableWrite } from '../store/table';
import { studentRoutes } from '../student/routes';
import { createStudentDeps } from '../wiring/student';
import { loadPack, NOON } from './sale-fixture';

export interface TestHolder {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly number: string;
  readonly name: string;
  readonly idTail: string;
  readonly mobile: string;
  readonly email?: string;
  readonly cardNumber: string;
}

export interface Heard {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came over the wire.
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

/** A crash of the function at a write, as a killed Lambda leaves it: before the write, or after it without an answer. */
export class Crash extends Error {}

export const MASTER_KEY = new Uint8Array(32).fill(7);

function ring(): { current: string; keys: Record<string, Uint8Array> } {
  return { current: 'k1', keys: { k1: new Uint8Array(randomBytes(32)) } };
}

/** As a phone sends it with a binding. */
export const CONSENT = { policyDay: POLICY_DAY, agreedAt: 1_700_000_000_000 } as const;

/** The student API over any store, with played platforms, a clock that is set, and phones that speak HTTP to it. */
export class StudentWorld {
  now: EpochMs = NOON;
  readonly database: Database;
  readonly deps: StudentDeps;
  readonly sent: { mobile: string; code: string; requestId: string }[] = [];
  readonly logged: { level: string; message: string; fields: LogFields | undefined }[] = [];
  /** How many scrypts were asked for. */
  scrypts = 0;
  smsRefusal: AppError | undefined;
  /** Called before and after each write, with its number from 1; may throw. */
  onWrite: (when: 'before' | 'after', count: number) => void = () => undefined;
  #writes = 0;
  #handler: HttpHandler;
  #holders = 0;
  readonly peppers = ring();
  readonly fieldKeys = ring();
  readonly #run = randomBytes(3).readUIntBE(0, 3) % 900_000;

  private constructor(database: Database) {
    this.database = this.#watched(database);
    const { peppers } = this;
    const login = (vendor: string): LoginPlatform => ({
      exchangeCode: async ({ code, appId }) => {
        if (code.startsWith('stranger-')) throw new AppError('auth.not-a-member');
        if (!code.startsWith('code-')) throw new AppError('auth.platform-refused', { platform: vendor, platformCode: 40029 });
        return { openid: `${appId}-${code.slice(5)}` };
      },
      webAuthorizeUrl: ({ appId, redirectUri, state }) =>
        `https://${vendor}.example/authorize?${new URLSearchParams({ appId, redirect_uri: redirectUri, state })}`,
    });
    const deps = createStudentDeps({
      database: this.database,
      clock: () => this.now,
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
      masterKey: MASTER_KEY,
      fieldKeys: this.fieldKeys,
      peppers: this.peppers,
      logins: {
        'wechat-mini': { appId: 'wxmini', login: login('wechat') },
        'wechat-web': { appId: 'wxweb', login: login('wechat') },
        'alipay-mini': { appId: '2021mini', login: login('alipay') },
        'alipay-web': { appId: '2021web', login: login('alipay') },
      },
      wecomOf: (_platform, schoolId) => (schoolId === 'shanghaitech' ? { appId: 'ww-shanghaitech', login: login('wecom') } : undefined),
      smsGateway: {
        send: async ({ mobile, code, requestId }) => {
          if (this.smsRefusal !== undefined) throw this.smsRefusal;
          this.sent.push({ mobile, code, requestId });
        },
      },
      publicBaseUrl: 'https://card.example/app',
    });
    // The cost of a real scrypt is tested with `domain/password`; here it is only counted.
    const passwords = createPasswords({
      peppers,
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
      deriveKey: async (secret, salt) => {
        this.scrypts += 1;
        return createHash('sha256').update(secret).update(salt).digest();
      },
    });
    this.deps = { ...deps, passwords };
    const unused = () => Promise.reject(new Error('top-ups are tested by themselves'));
    const log = (level: string) => (message: string, fields?: LogFields) => void this.logged.push({ level, message, fields });
    this.#handler = createHttpHandler(async () => answerWith(studentRoutes({ deps: this.deps, createTopUp: unused, readOrder: unused })), {
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      counter: { count: () => undefined, publish: () => undefined },
      texts: errorTable,
      clock: () => this.now,
    });
  }

  static async create(database: Database, changes: Partial<Record<string, (pack: RulePack) => RulePack>> = {}): Promise<StudentWorld> {
    const world = new StudentWorld(database);
    const schools = createSchools(world.database);
    for (const schoolId of ['bistu', 'dufl', 'shanghaitech', 'sjtu']) {
      const pack = loadPack(schoolId);
      await schools.publish(changes[schoolId]?.(pack) ?? pack);
    }
    world.#writes = 0;
    return world;
  }

  async event(event: unknown): Promise<Heard> {
    const { statusCode, body, headers } = await this.#handler(event);
    return { status: statusCode, body: JSON.parse(body), headers };
  }

  phone(openid: string, platform: SignInPlatform = 'wechat-mini', sourceIp = '192.0.2.1'): Phone {
    return new Phone(this, openid, platform, sourceIp);
  }

  /** A cardholder of a school, as the roster import leaves one. */
  async holder(
    schoolId = 'shanghaitech',
    facts: Partial<Pick<TestHolder, 'name' | 'idTail' | 'mobile' | 'number' | 'email'>> = {},
  ): Promise<TestHolder> {
    this.#holders += 1;
    const accountNo = this.#run * 1_000 + this.#holders;
    const holder: TestHolder = {
      schoolId,
      accountNo,
      number: facts.number ?? `N${accountNo}`,
      name: facts.name ?? '测试·甲',
      idTail: facts.idTail ?? '030417X',
      mobile: facts.mobile ?? '19900000000',
      ...(facts.email === undefined ? {} : { email: facts.email }),
      cardNumber: `C${accountNo}`,
    };
    const seal = (field: 'idTail' | 'mobile' | 'email') => {
      const text = holder[field] ?? '';
      return text === '' ? '' : this.deps.fieldCipher.seal({ schoolId, accountNo, field }, text);
    };
    const pack = await this.deps.packOf(schoolId);
    const entry = firstEntry({
      schoolId,
      accountNo,
      draft: openedDraft({ occurredAt: this.now, cardIssue: 1 }),
      recordedAt: this.now,
      utcOffsetMinutes: pack.utcOffsetMinutes,
    });
    const result = await this.deps.passbook.appendWith(entry, [
      ...this.deps.holders.newRows({
        schoolId,
        accountNo,
        number: holder.number,
        name: holder.name,
        kind: 'student',
        idTail: seal('idTail'),
        mobile: seal('mobile'),
        ...(facts.email === undefined ? {} : { email: seal('email') }),
        cardNumbers: [holder.cardNumber],
        passwordHash: null,
        passwordChangedAt: null,
        provenAt: null,
        links: {},
        version: 1,
      }),
      this.#cardRow(holder),
    ]);
    if (!result.written) throw new Error('the holder exists already');
    return holder;
  }

  #cardRow({ schoolId, cardNumber, accountNo }: TestHolder): TableWrite {
    return { table: 'records', write: { put: { pk: `${schoolId}#CARD#${cardNumber}`, sk: 'CARD', accountNo, issue: 1 } } };
  }

  /** A holder whose password was changed with a second proof, and whose app is bound. */
  async provenHolder(phone: Phone, schoolId = 'shanghaitech', password = '739154'): Promise<TestHolder> {
    const holder = await this.holder(schoolId);
    const found = await this.deps.holders.find(schoolId, holder.accountNo);
    if (found === undefined) throw new Error('no such holder');
    const passwordHash = await this.deps.passwords.hash(password);
    await this.deps.holders.save({ ...found, passwordHash, passwordChangedAt: this.now - 86_400_000, provenAt: this.now - 86_400_000 });
    await phone.signIn();
    const heard = await phone.bind(holder, password);
    if (heard.status !== 200) throw new Error(`bind: ${JSON.stringify(heard.body)}`);
    return holder;
  }

  async head({ schoolId, accountNo }: TestHolder): Promise<Entry> {
    const head = await this.deps.passbook.head(schoolId, accountNo);
    if (head === undefined) throw new Error('no such account');
    return head;
  }

  async entries({ schoolId, accountNo }: TestHolder): Promise<readonly Entry[]> {
    const { entries } = await this.deps.passbook.entries(schoolId, accountNo, { from: 1, to: Number.MAX_SAFE_INTEGER, limit: 10_000 });
    return [...entries].reverse();
  }

  async append(holder: TestHolder, draft: (head: Entry) => Draft): Promise<Entry> {
    const head = await this.head(holder);
    const { utcOffsetMinutes } = await this.deps.packOf(holder.schoolId);
    const entry = nextEntry(head, draft(head), { recordedAt: Math.max(this.now, head.recordedAt), utcOffsetMinutes });
    const result = await this.deps.passbook.append(entry);
    if (!result.appended) throw new Error('someone else was first');
    return entry;
  }

  async topUp(holder: TestHolder, amountFen: number, orderNo = `o_${randomBytes(6).toString('hex')}`): Promise<Entry> {
    const pack = await this.deps.packOf(holder.schoolId);
    const credit = { orderNo, channel: 'wechat-pay', amountFen: fen(amountFen), paidAt: this.now, recordedAt: this.now } as const;
    return this.append(holder, (head) => topUpDraft(head, credit, pack));
  }

  /** Crashes the next request at its `count`-th write. */
  crashAt(count: number, when: 'before' | 'after'): void {
    this.#writes = 0;
    this.onWrite = (at, number) => {
      if (number === count && at === when) throw new Crash(`${when} write ${count}`);
    };
  }

  recover(): number {
    const writes = this.#writes;
    this.onWrite = () => undefined;
    this.#writes = 0;
    return writes;
  }

  #watched(database: Database): Database {
    const watch = async <T>(write: () => Promise<T>): Promise<T> => {
      this.#writes += 1;
      const count = this.#writes;
      this.onWrite('before', count);
      const result = await write();
      this.onWrite('after', count);
      return result;
    };
    const table = (inner: Database['records']): Database['records'] => ({
      get: (key, options) => inner.get(key, options),
      query: (input) => inner.query(input),
      put: (item, when) => watch(() => inner.put(item, when)),
      remove: (key, when) => watch(() => inner.remove(key, when)),
    });
    return {
      passbook: table(database.passbook),
      records: table(database.records),
      transact: (writes, token) => watch(() => database.transact(writes, token)),
    };
  }
}

/** An app on somebody's phone. */
export class Phone {
  token: string | undefined;
  readonly openid: string;
  readonly platform: SignInPlatform;
  readonly sourceIp: string;
  readonly #world: StudentWorld;

  constructor(world: StudentWorld, openid: string, platform: SignInPlatform, sourceIp: string) {
    this.#world = world;
    this.openid = openid;
    this.platform = platform;
    this.sourceIp = sourceIp;
  }

  async signIn(): Promise<Heard> {
    const schoolId = this.platform.startsWith('wecom-') ? 'shanghaitech' : undefined;
    const heard = await this.post('/student/sign-in', { platform: this.platform, code: `code-${this.openid}`, schoolId });
    if (heard.status === 200) this.token = heard.body.sessionToken;
    return heard;
  }

  bind(holder: Pick<TestHolder, 'schoolId' | 'number' | 'name'>, password: string): Promise<Heard> {
    const { schoolId, number, name } = holder;
    return this.post('/student/bind', { schoolId, number, name, password, deviceLabel: 'Test phone', consent: CONSENT });
  }

  get(path: string): Promise<Heard> {
    return this.#ask('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<Heard> {
    return this.#ask('POST', path, JSON.stringify(body));
  }

  delete(path: string): Promise<Heard> {
    return this.#ask('DELETE', path);
  }

  #ask(method: string, target: string, body?: string): Promise<Heard> {
    const [rawPath = '', rawQueryString = ''] = target.split('?');
    return this.#world.event({
      rawPath,
      rawQueryString,
      headers: this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body }),
      isBase64Encoded: false,
      requestContext: { http: { method, sourceIp: this.sourceIp }, requestId: 'test' },
    });
  }
}

/** The code of a refusal, or its status when it is none. */
export function codeOf({ status, body }: Heard): string {
  return body?.error?.code ?? String(status);
}

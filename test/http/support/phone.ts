import { randomUUID } from 'node:crypto';
import { initialPasswords } from '../../../functions/domain/initial-password';
import { generatePeople, type Person } from '../../../sandbox/roster/people';
import type { SignInPlatform } from '../../../shared/api/student';
import { type CodeKind, stepAt } from '../../../shared/code-format';
import { makeCode, weekOfStep } from '../../../shared/code-mac';
import { POLICY_DAY } from '../../../shared/privacy-policy';
import { type Asking, ask, type Heard } from './ask';
import { CARDHOLDERS, type HttpWorld } from './world';

/** As an app sends it whose holder has just agreed. */
export const agreedNow = () => ({ policyDay: POLICY_DAY, agreedAt: Date.now() });

/** One cardholder of the roster. */
export interface Student {
  readonly schoolId: string;
  readonly person: Person;
  readonly initialPassword: string;
  readonly accountNo: number;
}

export const NEW_PASSWORD = '730518';

/** The `nth` student who has an ID tail and a mobile: a test takes its own, so that no test depends on another. */
export async function studentOf(world: HttpWorld, schoolId: string, nth: number): Promise<Student> {
  const pack = world.stack.packs.find((each) => each.schoolId === schoolId);
  const person = generatePeople(schoolId, CARDHOLDERS).filter(
    ({ kind, idTail, mobile }) => kind === 'student' && idTail !== '' && mobile !== '',
  )[nth];
  const initialPassword = pack && person && initialPasswords(pack.signIn.initialPassword, person.idTail)[0];
  const accountNo = person && (await world.holders.accountOf(schoolId, person.number));
  if (!person || initialPassword === undefined || accountNo === undefined) throw new Error(`no student ${nth} at ${schoolId}`);
  return { schoolId, person, initialPassword, accountNo };
}

interface CodeKey {
  readonly schoolId: string;
  readonly handle: string;
  readonly slot: number;
  readonly keys: readonly { readonly week: string; readonly key: string }[];
}

/** A mini-program on somebody's phone, which speaks HTTP to the running functions. */
export class Phone {
  readonly world: HttpWorld;
  readonly platform: SignInPlatform;
  /** Who holds it, as the outside world knows them. */
  readonly holder: string;
  token = '';

  constructor(world: HttpWorld, platform: SignInPlatform = 'wechat-mini', holder = world.stack.sandbox.world.addPerson('测试').id) {
    this.world = world;
    this.platform = platform;
    this.holder = holder;
  }

  get app(): 'wechat' | 'alipay' {
    return this.platform.startsWith('alipay') ? 'alipay' : 'wechat';
  }

  ask(path: string, asking: Asking = {}): Promise<Heard> {
    const headers = { ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }), ...asking.headers };
    return ask(`${this.world.stack.functionsUrl}${path}`, { ...asking, headers });
  }

  get(path: string): Promise<Heard> {
    return this.ask(path);
  }

  post(path: string, body: unknown = {}): Promise<Heard> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
  }

  async signIn(): Promise<Heard> {
    const flow = this.platform.endsWith('web') ? 'web' : 'mini-program';
    const code = this.world.stack.sandbox.world.loginCode({ app: this.app, flow, person: this.holder });
    const heard = await this.post('/student/sign-in', { platform: this.platform, code });
    if (heard.status === 200) this.token = heard.body.sessionToken;
    return heard;
  }

  bind({ schoolId, person }: Student, password: string): Promise<Heard> {
    return this.post('/student/bind', {
      schoolId,
      name: person.name,
      number: person.number,
      password,
      deviceLabel: 'test',
      consent: agreedNow(),
    });
  }

  /** Signed in and bound with the password that is in force. */
  async bound(student: Student, password = student.initialPassword): Promise<this> {
    await this.signIn();
    succeeded(await this.bind(student, password));
    return this;
  }

  /** Bound, and the initial password changed with a second proof: this phone may show codes. */
  async able(student: Student): Promise<this> {
    await this.bound(student);
    const proof = { kind: 'sms', value: await this.#smsCode(student) };
    const change = { oldPassword: student.initialPassword, newPassword: NEW_PASSWORD, proof };
    succeeded(await this.post('/student/password', change));
    return this;
  }

  async #smsCode({ person }: Student): Promise<string> {
    succeeded(await this.post('/student/sms-code'));
    const { body } = await ask(`${this.world.stack.sandbox.baseUrl}/sms/inbox?mobile=${person.mobile}`);
    return body.messages.at(-1).code;
  }

  /** A code as this phone would draw it `stepsAhead` steps of 10 s from now. */
  async code({ kind = 'card', stepsAhead = 0 }: { readonly kind?: CodeKind; readonly stepsAhead?: number } = {}): Promise<string> {
    return codeOf(succeeded(await this.get('/student/code-key')), { kind, stepsAhead });
  }

  order(amountFen: unknown, channel = this.app === 'wechat' ? 'wechat-pay' : 'alipay'): Promise<Heard> {
    return this.post('/student/top-ups', { requestId: randomUUID(), amountFen, channel });
  }

  /** Opens the cashier of an order and presses 支付. */
  async pay(payParams: Readonly<Record<string, string>>): Promise<void> {
    const { cashier, keys } = this.world.stack.sandbox.world;
    const opening =
      this.app === 'wechat'
        ? cashier.openWechat({ ...payParams, appId: keys.wechatApps.miniProgram.appid }, this.holder)
        : cashier.openAlipay(payParams, this.holder);
    if ('refusal' in opening) throw new Error(opening.refusal);
    if (cashier.pay(opening.cashier.id)?.state !== 'paid') throw new Error('not paid');
  }

  /** Money in the passbook, by the platform's own callback. */
  async topUp(amountFen: number): Promise<string> {
    const { orderNo, payParams } = succeeded(await this.order(amountFen));
    await this.pay(payParams);
    await eventually(async () => (await this.get(`/student/top-ups/${orderNo}`)).body.state === 'credited');
    return orderNo;
  }
}

export function codeOf(key: CodeKey, { kind, stepsAhead }: { readonly kind: CodeKind; readonly stepsAhead: number }): string {
  const step = stepAt(Date.now()) + stepsAhead;
  const found = key.keys.find(({ week }) => week === weekOfStep(step));
  if (!found) throw new Error('no key of that week');
  return makeCode(Buffer.from(found.key, 'hex'), { kind, handle: key.handle, step, slot: key.slot, schoolId: key.schoolId });
}

// biome-ignore lint/suspicious/noExplicitAny: the body of an answer, as `Heard` has it.
export function succeeded(heard: Heard): any {
  if (heard.status !== 200) throw new Error(`${heard.status} ${heard.text}`);
  return heard.body;
}

/** Looks until it is so; the wait has an end. */
export async function eventually(look: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

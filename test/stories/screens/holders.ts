import { randomUUID } from 'node:crypto';
import type { Stack } from '../../../sandbox/local/stack';
import { agreedNow } from '../../http/support/phone';
import { type App, fill, press, until } from '../app';
import { spendOnePassTwice } from '../one-pass-twice';
import { NEW_PASSWORD } from '../steps';
import { type Student, studentOf, tillOf } from '../student';

/** Who looks: each has lived something else. */
export type HolderName =
  | 'undecided'
  | 'nobody'
  | 'computer'
  | 'bistu'
  | 'bistu-new'
  | 'owing'
  | 'dufl'
  | 'dufl-new'
  | 'shanghaitech'
  | 'sjtu';

/** What shows the app: WeChat or Alipay, as a page or as its mini-program; or a computer's browser. */
export type Container = 'wechat' | 'alipay' | 'computer';

export interface Holder<Opened extends App = App> {
  readonly app: Opened;
  readonly container: Container;
  /** Names that the list of screens uses, e.g. of an order. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface HoldersOptions<Opened extends App> {
  readonly stack: Stack;
  /** Everybody has this mini-program; without it each has the page, where the life is lived. */
  readonly mini?: 'wechat' | 'alipay';
  /** Added to the number of each student: a card is bound by one life. */
  readonly firstStudent?: number;
  readonly open: (who: { readonly container: Container; readonly person: string; readonly undecided: boolean }) => Promise<Opened>;
}

/** Makes each holder when first asked for, by the stack's own doors: the app, the tills, the bank, the cashier. */
export class Holders<Opened extends App = App> {
  readonly #stack: Stack;
  readonly #options: HoldersOptions<Opened>;
  readonly #made = new Map<HolderName, Promise<Holder<Opened>>>();

  constructor(options: HoldersOptions<Opened>) {
    this.#stack = options.stack;
    this.#options = options;
  }

  get(name: HolderName): Promise<Holder<Opened>> {
    const known = this.#made.get(name);
    if (known) return known;
    const made = this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  async close(): Promise<void> {
    for (const made of this.#made.values()) await made.then(({ app }) => app.close()).catch(() => undefined);
  }

  async #make(name: HolderName): Promise<Holder<Opened>> {
    const { id: person } = this.#stack.sandbox.world.addPerson(`screens ${name}`);
    const container = this.#options.mini ?? LIVES[name].container;
    const app = await this.#options.open({ container, person, undecided: name === 'undecided' });
    try {
      return { app, container, facts: await this.#begin(name, { app, container, person }) };
    } catch (reason) {
      await app.close();
      throw reason;
    }
  }

  /** From the first sight of the app to the end of what the holder has lived. */
  async #begin(name: HolderName, { app, container, person }: Phone): Promise<Readonly<Record<string, string>>> {
    const { school, nth, live } = LIVES[name];
    await app.open();
    if (name === 'computer') return this.#payee();
    if (name === 'undecided') return {};
    await until(app, 'the list of schools', async () => {
      // On a busy machine the functions' first answer may come too late for the phone.
      if (await app.has('home-retry')) await app.tap('home-retry').catch(() => undefined);
      return app.has('school-search');
    });
    if (school === undefined) return this.#factsFor(name);
    const student = studentOf(this.#stack, school, nth + (this.#options.firstStudent ?? 0));
    await press(app, `school-${school}`);
    await fill(app, 'bind-name', student.person.name);
    await fill(app, 'bind-number', student.person.number);
    await fill(app, 'bind-password', student.initialPassword);
    await press(app, 'bind-submit');
    await until(app, 'home', async () => {
      // As above: the same again is bound once.
      if (await app.has('bind-failure')) await app.tap('bind-submit').catch(() => undefined);
      return app.has('home-name');
    });
    const isMini = this.#options.mini !== undefined;
    return live(new Hand({ stack: this.#stack, student, token: await app.token(), person, container, isMini }), app);
  }

  /** Whom a stranger at a computer pays for. */
  #payee(): Readonly<Record<string, string>> {
    const { name, number } = studentOf(this.#stack, 'shanghaitech', 12).person;
    return { name, number };
  }

  /** A guest sees what somebody else has shared. */
  async #factsFor(name: HolderName): Promise<Readonly<Record<string, string>>> {
    return name === 'nobody' ? { gift: (await this.get('bistu')).facts.gift ?? '' } : {};
  }
}

interface Phone {
  readonly app: App;
  readonly container: Container;
  readonly person: string;
}

interface HandParts {
  readonly stack: Stack;
  readonly student: Student;
  readonly token: string;
  readonly person: string;
  readonly container: Container;
  readonly isMini: boolean;
}

/** What a student does that is not walked screen by screen, asked as the app asks it. */
class Hand {
  readonly stack: Stack;
  readonly student: Student;
  readonly person: string;
  readonly #token: string;
  readonly #container: Container;
  readonly #isMini: boolean;

  constructor({ stack, student, token, person, container, isMini }: HandParts) {
    this.stack = stack;
    this.student = student;
    this.person = person;
    this.#token = token;
    this.#container = container;
    this.#isMini = isMini;
  }

  async ask<Reply>(path: string, body?: unknown): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const asking = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const reply = await fetch(`${this.stack.functionsUrl}${path}`, asking);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    // The caller names the part of the answer that it looks at.
    return (await reply.json()) as Reply;
  }

  /** What the server asks for besides the session; a second text message within a minute is not sent, so the ID's tail is better. */
  async proof(): Promise<{ readonly kind: 'id-tail' | 'sms'; readonly value: string }> {
    const { offered } = await this.ask<{ offered: string[] }>('/student/proofs');
    if (offered.includes('id-tail')) return { kind: 'id-tail', value: this.student.person.idTail.slice(-6) };
    await this.ask('/student/sms-code', {});
    return { kind: 'sms', value: await this.student.smsCode() };
  }

  /** The same student with WeChat's mini-program on the same phone. */
  async inMiniProgram(): Promise<Hand> {
    if (this.#isMini && this.#container === 'wechat') return this;
    const code = this.stack.sandbox.world.loginCode({ app: 'wechat', flow: 'mini-program', person: this.person });
    const { sessionToken } = await this.ask<{ sessionToken: string }>('/student/sign-in', { platform: 'wechat-mini', code });
    const { stack, student } = this;
    const mini = new Hand({ stack, student, token: sessionToken, person: this.person, container: 'wechat', isMini: true });
    const { schoolId, person } = student;
    const { name, number } = person;
    await mini.ask('/student/bind', { schoolId, name, number, password: NEW_PASSWORD, deviceLabel: 'mini-program', consent: agreedNow() });
    return mini;
  }

  async changePassword(): Promise<void> {
    const proof = await this.proof();
    await this.ask('/student/password', { oldPassword: this.student.initialPassword, newPassword: NEW_PASSWORD, proof });
  }

  async order(amountFen: number): Promise<{ readonly orderNo: string; readonly payParams: Record<string, string> }> {
    const channel = this.#container === 'wechat' ? 'wechat-pay' : 'alipay';
    return this.ask('/student/top-ups', { requestId: randomUUID(), amountFen, channel });
  }

  /** Paid at the platform's cashier; the money is the school's once the platform has told it. */
  async topUp(amountFen: number): Promise<string> {
    const { orderNo, payParams } = await this.order(amountFen);
    const { world, credentials } = this.stack.sandbox;
    const { cashier } = world;
    // A mini-program knows its own id, which is part of what WeChat signs; only a page is told one.
    const { appid: appId } = credentials.wechatLogin.miniProgram;
    const opening =
      this.#container === 'wechat' ? cashier.openWechat({ appId, ...payParams }, this.person) : cashier.openAlipay(payParams, this.person);
    if ('refusal' in opening) throw new Error(opening.refusal);
    if (cashier.pay(opening.cashier.id)?.state !== 'paid') throw new Error('not paid');
    await this.#until(async () => (await this.ask<{ state: string }>(`/student/top-ups/${orderNo}`)).state === 'credited');
    return orderNo;
  }

  async buy(amountFen: number): Promise<void> {
    const sold = await tillOf(this.stack, this.student.schoolId).chargeCard(amountFen, this.student.chip);
    if (sold.outcome !== 'charged') throw new Error(`the till says ${JSON.stringify(sold)}`);
  }

  /** Numbers of the purchases of this month, newest first. */
  async sales(): Promise<readonly number[]> {
    const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
    const { entries } = await this.ask<{ entries: { n: number; kind: string }[] }>(`/student/statement?month=${month}`);
    return entries.filter(({ kind }) => kind === 'charge').map(({ n }) => n);
  }

  /** The newest code that the bank sent to its customer. */
  async bankCode(mobile: string): Promise<string> {
    const reply = await fetch(`${this.stack.sandbox.baseUrl}/sms/inbox?mobile=${mobile}`);
    return ((await reply.json()) as { messages: { code: string }[] }).messages.at(-1)?.code ?? '';
  }

  async #until(look: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 15_000;
    while (!(await look())) {
      if (Date.now() > end) throw new Error('waited in vain');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

interface Life {
  readonly school?: string;
  readonly nth: number;
  readonly container: Container;
  /** After the first sign-in. */
  readonly live: (hand: Hand, app: App) => Promise<Readonly<Record<string, string>>>;
}

const nothing = async (): Promise<Readonly<Record<string, string>>> => ({});

const LIVES: Readonly<Record<HolderName, Life>> = {
  computer: { nth: 0, container: 'computer', live: nothing },
  undecided: { nth: 0, container: 'wechat', live: nothing },
  nobody: { nth: 0, container: 'wechat', live: nothing },
  bistu: { school: 'bistu', nth: 11, container: 'alipay', live: atBistu },
  'bistu-new': { school: 'bistu', nth: 12, container: 'alipay', live: nothing },
  owing: { school: 'bistu', nth: 13, container: 'alipay', live: owing },
  dufl: { school: 'dufl', nth: 11, container: 'wechat', live: atDufl },
  'dufl-new': { school: 'dufl', nth: 12, container: 'wechat', live: nothing },
  shanghaitech: { school: 'shanghaitech', nth: 11, container: 'wechat', live: atShanghaiTech },
  sjtu: { school: 'sjtu', nth: 11, container: 'wechat', live: atSjtu },
};

/** Everything that one card can live through but a loss and a debt. */
async function atBistu(hand: Hand): Promise<Readonly<Record<string, string>>> {
  await hand.changePassword();
  const order = await hand.topUp(20_000);
  const { orderNo: waitingOrder } = await hand.order(5_000);
  for (const amountFen of [1_250, 980, 1_560, 350]) await hand.buy(amountFen);
  const [, doubted = 0, sale = 0] = await hand.sales();
  const payment = { requestId: randomUUID(), account: '3-412', amountFen: 2_000, source: 'card' };
  await hand.ask('/student/money/utilities/electricity/payments', payment);
  await hand.ask('/student/money/disputes', { n: doubted, reason: 'not-received', text: '' });
  const expiresAt = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const { token } = await hand.ask<{ token: string }>('/student/money/gifts', { requestId: randomUUID(), maxTotalFen: 10_000, expiresAt });
  return { order, waitingOrder, sale: `${sale}`, doubted: `${doubted}`, gift: token };
}

async function owing(hand: Hand, app: App): Promise<Readonly<Record<string, string>>> {
  await hand.changePassword();
  await hand.topUp(12_000);
  await hand.buy(1_000);
  await spendOnePassTwice(hand.stack, hand.student, await app.token(), { betweenFen: 3_500, amountsFen: [1_000, 2_500] });
  return {};
}

/** A wallet opened with a bank card, filled from it, and partly moved to the card. */
async function atDufl(hand: Hand): Promise<Readonly<Record<string, string>>> {
  await hand.changePassword();
  const customer = hand.stack.sandbox.world.bank.customer('dufl', hand.student.person.number);
  if (customer === undefined) throw new Error('the bank does not know the student');
  const confirm = async (place: string) => hand.ask(`${place}/confirm`, { code: await hand.bankCode(customer.mobile) });
  const binding = { requestId: randomUUID(), idType: 'id-card', idNumber: customer.idNumber };
  const { bindingNo } = await hand.ask<{ bindingNo: string }>('/student/money/bank-card/bindings', binding);
  await confirm(`/student/money/bank-card/bindings/${bindingNo}`);
  const toWallet = async (amountFen: number) => {
    const wish = { requestId: randomUUID(), amountFen, target: 'wallet' };
    const { order } = await hand.ask<{ order: { orderNo: string } }>('/student/money/bank-top-ups', wish);
    await confirm(`/student/money/bank-top-ups/${order.orderNo}`);
  };
  await toWallet(3_000);
  // More than there is, so that the bank sends the code for the rest: the school has just sent one for the password.
  const wish = { requestId: randomUUID(), amountFen: 5_000 };
  const { transferNo } = await hand.ask<{ transferNo: string }>('/student/money/card-top-ups', wish);
  await confirm(`/student/money/card-top-ups/${transferNo}`);
  await toWallet(15_000);
  await hand.buy(850);
  const { apps } = await hand.ask<{ apps: { bindingId: string }[] }>('/student/apps');
  return { binding: apps[0]?.bindingId ?? '' };
}

/** Paid, and not yet on the card. */
async function atShanghaiTech(hand: Hand): Promise<Readonly<Record<string, string>>> {
  await hand.changePassword();
  await hand.topUp(10_000);
  await hand.buy(1_280);
  await hand.topUp(5_000);
  await hand.ask('/student/money/refunds', { requestId: randomUUID(), amountFen: 2_000, proof: await hand.proof() });
  await agreeOnAutoTopUp(hand);
  return {};
}

/** As the mini-program does it, which alone can open the platform's page of consent. */
async function agreeOnAutoTopUp(hand: Hand): Promise<void> {
  const wish = { thresholdFen: 2_000, amountFen: 5_000, monthlyCapFen: 10_000 };
  const mini = await hand.inMiniProgram();
  const { signParams } = await mini.ask<{ signParams: Record<string, string> }>('/student/money/auto-top-up', wish);
  const { consents } = hand.stack.sandbox.world;
  const opening = consents.openWechat(signParams, hand.person);
  if ('refusal' in opening) throw new Error(opening.refusal);
  consents.answer(opening.consent.id, 'agreed');
  await hand.ask('/student/money/auto-top-up/confirm', {});
}

async function atSjtu(hand: Hand): Promise<Readonly<Record<string, string>>> {
  await hand.changePassword();
  await hand.ask('/student/loss', { password: NEW_PASSWORD, keepCodes: false });
  return {};
}

import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { EpochMs } from '../../shared/time';
import type { BankCodeSent, BankGateway, BankPayment } from '../platforms/contract';

type Act = keyof BankGateway;

interface Moved {
  readonly kind: 'debit' | 'pay-out';
  readonly agreementRef: string;
  readonly amountFen: Fen;
  state: 'waiting-code' | 'pending' | 'succeeded' | 'failed';
  code: string;
  triesLeft: number;
  sentAt: EpochMs;
  at: EpochMs;
}

const RESEND_MS = 60_000;
const CODE_LIVES_MS = 300_000;

/** A bank that keeps the contract of `BankGateway`, without a wire: for tests of operations. Money leaves the card in `taken` and comes to it in `given`. */
export class FakeBank implements BankGateway {
  readonly moved = new Map<string, Moved>();
  readonly agreements = new Map<string, { readonly cardTail: string; ended: boolean }>();
  readonly bindings = new Map<
    string,
    { readonly name: string; readonly idNumber: string; code: string; agreementRef: string | undefined; triesLeft: number; sentAt: EpochMs }
  >();
  readonly calls: Act[] = [];
  /** Runs before each call takes effect: a test throws here, or lets something else happen meanwhile. */
  before: (act: Act, requestNo: string) => Promise<void> | void = () => {};
  /** Runs once the call has had its effect: throwing here loses the answer. */
  after: (act: Act, requestNo: string) => Promise<void> | void = () => {};
  /** What becomes of a debit or pay-out at once. */
  fate: 'succeeded' | 'failed' | 'pending' = 'succeeded';
  /** The only holder whose debit card is at this bank. */
  own = { name: '测试·甲', idNumber: '21020020030417002X', cardTail: '6789' };
  readonly #clock: () => EpochMs;
  readonly #closed = new Map<string, number>();
  #signed = 0;
  #codes = 0;

  constructor(clock: () => EpochMs) {
    this.#clock = clock;
  }

  /** A card bound beforehand. */
  bind(agreementRef = 'agr_1', cardTail = '6789'): string {
    this.agreements.set(agreementRef, { cardTail, ended: false });
    return agreementRef;
  }

  sumOf(kind: Moved['kind']): number {
    return [...this.moved.values()].reduce((total, one) => total + (one.kind === kind && one.state === 'succeeded' ? one.amountFen : 0), 0);
  }

  /** Settles what is pending. */
  settle(requestNo: string, fate: 'succeeded' | 'failed'): void {
    const act = this.moved.get(requestNo);
    if (act?.state !== 'pending') throw new Error('nothing is pending under this number');
    Object.assign(act, { state: fate, at: this.#clock() });
  }

  codeOf(requestNo: string): string {
    return (this.moved.get(requestNo) ?? this.bindings.get(requestNo))?.code ?? '';
  }

  startBinding: BankGateway['startBinding'] = ({ requestNo, name, idNumber, cardNumber }) =>
    this.#answer('startBinding', requestNo, () => {
      if (name !== this.own.name || idNumber !== this.own.idNumber) throw new AppError('bank.card-not-own');
      if (cardNumber?.startsWith('4')) throw new AppError('bank.card-not-debit');
      if (cardNumber?.startsWith('5')) throw new AppError('bank.card-other-bank');
      const found = this.bindings.get(requestNo) ?? {
        name,
        idNumber,
        code: this.#newCode(),
        agreementRef: undefined,
        triesLeft: 5,
        sentAt: this.#clock(),
      };
      this.bindings.set(requestNo, found);
      return this.#sent(found.sentAt);
    });

  confirmBinding: BankGateway['confirmBinding'] = ({ requestNo, code }) =>
    this.#answer('confirmBinding', requestNo, () => {
      const found = this.bindings.get(requestNo);
      if (found === undefined) throw new AppError('bank.refused', { bankCode: 'number-unknown' });
      this.#judge(found, code);
      found.agreementRef ??= this.bind(`agr_${this.agreements.size + 1}`, this.own.cardTail);
      return { agreementRef: found.agreementRef, cardTail: this.own.cardTail };
    });

  bindVouched: BankGateway['bindVouched'] = ({ requestNo, name, idTail, cardNumber }) =>
    this.#answer('bindVouched', requestNo, () => {
      if (name !== this.own.name || !this.own.idNumber.endsWith(idTail)) throw new AppError('bank.card-not-own');
      if (cardNumber.startsWith('4')) throw new AppError('bank.card-not-debit');
      if (cardNumber.startsWith('5')) throw new AppError('bank.card-other-bank');
      const agreementRef = `agr_v_${requestNo}`.slice(0, 40);
      if (!this.agreements.has(agreementRef)) this.bind(agreementRef, cardNumber.slice(-4));
      return { agreementRef, cardTail: cardNumber.slice(-4) };
    });

  endBinding: BankGateway['endBinding'] = ({ agreementRef }) =>
    this.#answer('endBinding', agreementRef, () => {
      const agreement = this.agreements.get(agreementRef);
      if (agreement !== undefined) agreement.ended = true;
    });

  startDebit: BankGateway['startDebit'] = ({ requestNo, agreementRef, amountFen }) =>
    this.#answer('startDebit', requestNo, () => {
      const act = this.moved.get(requestNo) ?? this.#begin('debit', requestNo, { agreementRef, amountFen }, 'waiting-code');
      return this.#sent(act.sentAt);
    });

  resendCode: BankGateway['resendCode'] = ({ requestNo }) =>
    this.#answer('resendCode', requestNo, () => {
      const act = this.moved.get(requestNo) ?? this.bindings.get(requestNo);
      if (act === undefined) throw new AppError('bank.refused', { bankCode: 'number-unknown' });
      const waitMs = act.sentAt + RESEND_MS - this.#clock();
      if (waitMs > 0) throw new AppError('bank.code-too-soon', { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
      Object.assign(act, { code: this.#newCode(), sentAt: this.#clock() });
      return this.#sent(act.sentAt);
    });

  confirmDebit: BankGateway['confirmDebit'] = ({ requestNo, code }) =>
    this.#answer('confirmDebit', requestNo, () => {
      const act = this.moved.get(requestNo);
      if (act?.kind !== 'debit') throw new AppError('bank.refused', { bankCode: 'number-unknown' });
      if (act.state === 'waiting-code') {
        this.#judge(act, code);
        Object.assign(act, { state: this.fate, at: this.#clock() });
      } else if (act.triesLeft <= 0) throw new AppError('bank.code-locked');
      return this.#payment(requestNo);
    });

  debit: BankGateway['debit'] = (request) => this.#answer('debit', request.requestNo, () => this.#now('debit', request));
  payOut: BankGateway['payOut'] = (request) => this.#answer('payOut', request.requestNo, () => this.#now('pay-out', request));
  queryDebit: BankGateway['queryDebit'] = ({ requestNo }) => this.#answer('queryDebit', requestNo, () => this.#asked(requestNo));
  queryPayOut: BankGateway['queryPayOut'] = ({ requestNo }) => this.#answer('queryPayOut', requestNo, () => this.#asked(requestNo));

  cancelDebit: BankGateway['cancelDebit'] = ({ requestNo }) =>
    this.#answer('cancelDebit', requestNo, () => {
      const act = this.moved.get(requestNo);
      if (act === undefined) {
        this.#closed.set(requestNo, Number.POSITIVE_INFINITY);
        return 'not-found';
      }
      if (act.state === 'waiting-code') act.state = 'failed';
      return ({ succeeded: 'already-paid', failed: 'cancelled', pending: 'pending', 'waiting-code': 'pending' } as const)[act.state];
    });

  verifyCardholder: BankGateway['verifyCardholder'] = ({ requestNo, name, idNumber, cardNumber }) =>
    this.#answer('verifyCardholder', requestNo, () =>
      name === this.own.name && idNumber === this.own.idNumber && cardNumber.endsWith(this.own.cardTail) ? 'match' : 'no-match',
    );

  #now(
    kind: Moved['kind'],
    { requestNo, agreementRef, amountFen }: { requestNo: string; agreementRef: string; amountFen: Fen },
  ): BankPayment {
    if (!this.moved.has(requestNo)) this.#begin(kind, requestNo, { agreementRef, amountFen }, this.fate);
    return this.#payment(requestNo);
  }

  #begin(kind: Moved['kind'], requestNo: string, wish: { agreementRef: string; amountFen: Fen }, state: Moved['state']): Moved {
    const agreement = this.agreements.get(wish.agreementRef);
    if (agreement === undefined) throw new AppError('bank.refused', { bankCode: 'agreement-unknown' });
    if (agreement.ended) throw new AppError('bank.binding-ended');
    const now = this.#clock();
    const act: Moved = { kind, ...wish, amountFen: fen(wish.amountFen), state, code: this.#newCode(), triesLeft: 5, sentAt: now, at: now };
    this.moved.set(requestNo, act);
    return act;
  }

  #asked(requestNo: string): BankPayment {
    // What finds nothing makes void what was signed before it.
    if (!this.moved.has(requestNo)) this.#closed.set(requestNo, Math.max(this.#signed, this.#closed.get(requestNo) ?? 0));
    return this.#payment(requestNo);
  }

  #payment(requestNo: string): BankPayment {
    const act = this.moved.get(requestNo);
    if (act === undefined) return { status: 'not-found', requestNo };
    if (act.state === 'succeeded')
      return { status: 'succeeded', requestNo, amountFen: act.amountFen, bankTradeNo: `bank-${requestNo}`, at: act.at };
    if (act.state === 'failed') return { status: 'failed', requestNo, reason: 'insufficient' };
    return { status: 'pending', requestNo };
  }

  #judge(act: { code: string; triesLeft: number; sentAt: EpochMs }, code: string): void {
    if (act.triesLeft <= 0) throw new AppError('bank.code-locked');
    if (this.#clock() >= act.sentAt + CODE_LIVES_MS) throw new AppError('bank.code-expired');
    if (code === act.code) return;
    act.triesLeft -= 1;
    if (act.triesLeft > 0) throw new AppError('bank.code-wrong', { triesLeft: act.triesLeft });
    if ('state' in act) Object.assign(act, { state: 'failed' });
    throw new AppError('bank.code-locked');
  }

  #sent(sentAt: EpochMs): BankCodeSent {
    return { maskedMobile: '199****0000', resendAt: sentAt + RESEND_MS, expiresAt: sentAt + CODE_LIVES_MS };
  }

  #newCode(): string {
    this.#codes += 1;
    return String(100_000 + this.#codes);
  }

  async #answer<T>(act: Act, requestNo: string, run: () => T): Promise<T> {
    this.calls.push(act);
    this.#signed += 1;
    const signed = this.#signed;
    await this.before(act, requestNo);
    if (!act.startsWith('query') && signed <= (this.#closed.get(requestNo) ?? 0))
      throw new AppError('bank.unavailable', { reason: 'overtaken' });
    const answer = run();
    await this.after(act, requestNo);
    return answer;
  }
}

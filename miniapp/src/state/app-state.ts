import * as v from 'valibot';
import { create } from 'zustand';
import { amountFenSchema } from '../../../shared/api/common';
import { type AccountReply, accountReply, boundSchema } from '../../../shared/api/student';
import { type RulePack, rulePackSchema } from '../../../shared/rule-pack';
import { createAnswerOrder } from '../lib/answer-order';
import { type CodeBook, codeBookSchema } from '../lib/code-book';
import { type Consent, consentSchema } from '../lib/consent-gate';
import type { Lang } from '../lib/dates';
import { type IdentityBook, identityBookSchema } from '../lib/identity-passes';
import { type PassBook, passBookSchema } from '../lib/pass-book';
import { NO_STEPS, type StepMemory } from '../lib/step-plan';
import { platform } from '../platform';
import { readStored, writeStored } from './stored';

const sessionSchema = v.object({ token: v.string(), expiresAt: v.string() });
/** Written before the cashier opens: an app that dies there finds the order again. */
const openOrderSchema = v.object({ orderNo: v.string(), amountFen: amountFenSchema });
const stepsSchema = v.object({ used: v.array(v.number()), shown: v.array(v.number()) });
type Bound = v.InferOutput<typeof boundSchema>;

export interface AppState {
  readonly lang: Lang;
  /** The last answer to the privacy policy; null before the first. */
  readonly consent: Consent | null;
  /** While the question is on the screen. */
  readonly consentAsked: boolean;
  readonly session: v.InferOutput<typeof sessionSchema> | null;
  readonly bound: Bound | null;
  /** The card was bound here until another app, the desk or a new card ended it. */
  readonly removedElsewhere: boolean;
  readonly pack: RulePack | null;
  readonly account: AccountReply | null;
  /** False while `account` is what the phone remembers from last time. */
  readonly accountIsLive: boolean;
  readonly codeBook: CodeBook | null;
  readonly steps: StepMemory;
  /** A top-up that went to a cashier and whose outcome this phone has not seen. */
  readonly openOrder: v.InferOutput<typeof openOrderSchema> | null;
  /** What the code screen paid from last. */
  readonly payFrom: 'card' | 'wallet';
  /** Null until the holder has asked for offline passes once. */
  readonly passBook: PassBook | null;
  /** For gates without network; null where the school or the account has none. */
  readonly identityBook: IdentityBook | null;
  /** Notices that the holder has not seen; 0 until the server was asked. */
  readonly unread: number;
  /** What server time is ahead of the phone's, ms; undefined until the server was heard. */
  readonly offsetMs: number | undefined;
}

const { storage } = platform;
const remembered = <Schema extends v.GenericSchema>(key: string, schema: Schema) => readStored(storage, key, schema) ?? null;

function firstState(): AppState {
  const codeBook = remembered('code-book', codeBookSchema);
  return {
    lang: remembered('lang', v.picklist(['zh', 'en'])) ?? platform.language(),
    consent: remembered('consent', consentSchema),
    consentAsked: false,
    session: remembered('session', sessionSchema),
    bound: remembered('bound', boundSchema),
    removedElsewhere: false,
    pack: remembered('pack', rulePackSchema),
    account: remembered('account', accountReply),
    accountIsLive: false,
    codeBook,
    steps: remembered('steps', stepsSchema) ?? NO_STEPS,
    payFrom: remembered('payFrom', v.picklist(['card', 'wallet'])) ?? 'card',
    openOrder: remembered('openOrder', openOrderSchema),
    passBook: remembered('passBook', passBookSchema),
    identityBook: remembered('identityBook', identityBookSchema),
    unread: 0,
    offsetMs: codeBook?.offsetMs,
  };
}

export const useApp = create<AppState>()(firstState);

const KEPT = [
  'lang',
  'consent',
  'session',
  'bound',
  'pack',
  'account',
  'steps',
  'payFrom',
  'openOrder',
  'passBook',
  'identityBook',
] as const;

/** Changes the state and keeps the changed parts on the phone. */
export function setApp(change: Partial<AppState>): void {
  useApp.setState(change);
  for (const key of KEPT) if (key in change) writeStored(storage, key, change[key]);
  if ('codeBook' in change) writeStored(storage, 'code-book', change.codeBook);
}

/** Several screens ask for the account, and some change it: an answer that was overtaken must not come last. */
export const accountOrder = createAnswerOrder();

/** What the phone learnt of the account by another way than asking for it. */
export function changeAccount(change: Partial<AccountReply>): void {
  const { account } = useApp.getState();
  if (account === null) return;
  accountOrder.changed();
  setApp({ account: { ...account, ...change } });
}

let forgotten = 0;

/** What it gives says whether the phone has forgotten a holder since: an answer about them must not bring them back. */
export function watchHolder(): () => boolean {
  const before = forgotten;
  return () => forgotten !== before;
}

/** Everything that belongs to one cardholder leaves the phone. */
export function forgetHolder(): void {
  forgotten += 1;
  accountOrder.changed();
  setApp({
    bound: null,
    removedElsewhere: false,
    account: null,
    accountIsLive: false,
    codeBook: null,
    steps: NO_STEPS,
    payFrom: 'card',
    openOrder: null,
    passBook: null,
    identityBook: null,
    unread: 0,
  });
}

/** The server knows of no binding: whoever had one is told where they choose a school. */
export function loseHolder(): void {
  const { bound, removedElsewhere } = useApp.getState();
  forgetHolder();
  setApp({ removedElsewhere: removedElsewhere || bound !== null });
}

/** Server time now, as well as the phone knows it. */
export function serverNow(): number {
  return Date.now() + (useApp.getState().offsetMs ?? 0);
}

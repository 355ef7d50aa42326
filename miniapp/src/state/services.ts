import type { AccountReply } from '../../../shared/api/student';
import type { RulePack } from '../../../shared/rule-pack';
import { createClient } from '../api/client';
import { Failure, isRefusal } from '../api/failure';
import { studentApi } from '../api/student-api';
import { needsFreshKeys } from '../lib/code-book';
import { createConsentGate } from '../lib/consent-gate';
import { instantMs } from '../lib/dates';
import { needsIdentityPasses } from '../lib/identity-passes';
import { keepPasses } from '../lib/pass-book';
import { betterOffset, clockOffset } from '../lib/server-clock';
import { platform } from '../platform';
import { accountOrder, forgetHolder, loseHolder, serverNow, setApp, useApp, watchHolder } from './app-state';

/** Nothing that tells who somebody is leaves the phone but through here. */
export const consent = createConsentGate({
  now: () => Date.now(),
  read: () => useApp.getState().consent,
  keep: (answer) => setApp({ consent: answer }),
  show: (consentAsked) => setApp({ consentAsked }),
  hostAsks: platform.privacy.asks,
});
platform.privacy.onAsked(() => consent.ask());

/** The one place that joins platform, network and state. */
export const client = createClient({
  baseUrl: API_BASE,
  transport: platform.transport,
  token: () => useApp.getState().session?.token,
  signInAgain: () => signInAgain(),
  // A plain browser has nobody to ask who this is, and so nothing to agree to.
  consent: () => (platform.container() === 'plain' && useApp.getState().session === null ? Promise.resolve() : consent.pass()),
});
export const api = studentApi(client);

let signingIn: Promise<void> | undefined;

/** Asks the platform who this is, without a word to the user. Several callers share one attempt. */
export function signInAgain(): Promise<void> {
  signingIn ??= signIn().finally(() => {
    signingIn = undefined;
  });
  return signingIn;
}

/** A session, if there is none yet. */
export async function signInOnce(): Promise<void> {
  if (useApp.getState().session === null) await signInAgain();
}

async function signIn(): Promise<void> {
  setApp({ session: null });
  const outcome = await platform.signIn({ authorizeUrl: async (input) => (await api.authorizeUrl(input)).url }).catch((reason: unknown) => {
    throw reason instanceof Failure ? reason : new Failure('unreadable');
  });
  if (outcome.kind !== 'code') throw new Failure(outcome.kind);
  const askedAt = Date.now();
  const reply = await api.signIn({
    platform: outcome.platform,
    code: outcome.code,
    ...(outcome.schoolId === undefined ? {} : { schoolId: outcome.schoolId }),
  });
  learnClock(askedAt, reply.serverTime);
  setApp({ session: { token: reply.sessionToken, expiresAt: reply.expiresAt } });
  const before = useApp.getState().bound;
  if (reply.bound === null) loseHolder();
  else {
    if (before !== null && before.bindingId !== reply.bound.bindingId) forgetHolder();
    setApp({ bound: reply.bound });
  }
}

/** Takes the server's time from any answer that carries it. */
export function learnClock(askedAt: number, serverTime: string): void {
  const answeredAt = Date.now();
  const offset = clockOffset({ askedAt, answeredAt, serverTime: instantMs(serverTime) });
  const { codeBook, offsetMs: known } = useApp.getState();
  const offsetMs = betterOffset(known, { offset, roundTripMs: answeredAt - askedAt });
  if (offsetMs === known) return;
  setApp(codeBook === null ? { offsetMs } : { offsetMs, codeBook: { ...codeBook, offsetMs } });
}

/** The bound account with its school's pack. A session that lost its binding is forgotten and refused on. */
export async function loadAccount(): Promise<{ account: AccountReply; pack: RulePack }> {
  const isLate = accountOrder.ask();
  try {
    const askedAt = Date.now();
    const account = await api.account();
    learnClock(askedAt, account.asOf);
    const pack = await loadPack(account.schoolId);
    if (isLate()) return await loadAccount();
    setApp({ account, accountIsLive: true });
    // Keys are fetched before they are needed: the next look at the code screen may be without network.
    loadCodeBook(account.schoolId).catch(() => undefined);
    loadIdentityPasses().catch(() => undefined);
    return { account, pack };
  } catch (reason) {
    if (isRefusal(reason, 'auth.bind-required')) loseHolder();
    if (!isLate()) setApp({ accountIsLive: false });
    throw reason;
  }
}

/** For the mark at home, after everything that home cannot do without; nobody waits for it or hears that it failed. */
export function countUnread(): void {
  api.unread().then(
    ({ unread }) => setApp({ unread }),
    () => undefined,
  );
}

const freshPacks = new Set<string>();

/** The pack of a school: asked once a start, then from memory. */
export async function loadPack(schoolId: string): Promise<RulePack> {
  const known = useApp.getState().pack;
  if (known?.schoolId === schoolId && freshPacks.has(schoolId)) return known;
  const { pack } = await api.school(schoolId);
  freshPacks.add(schoolId);
  setApp({ pack });
  return pack;
}

/** An answer about the holder of now: one about a holder who left while it was on its way is asked for again. */
async function ofHolder<Reply>(ask: () => Promise<Reply>): Promise<Reply> {
  const hasLeft = watchHolder();
  const reply = await ask();
  return hasLeft() ? ofHolder(ask) : reply;
}

/** Fetches code keys when the phone's are missing, of another school or about to run out. */
export async function loadCodeBook(schoolId: string, force = false): Promise<void> {
  const { codeBook } = useApp.getState();
  if (!force && !needsFreshKeys(codeBook ?? undefined, Date.now(), schoolId)) return;
  const askedAt = Date.now();
  const { serverTime, ...reply } = await ofHolder(api.codeKey);
  learnClock(askedAt, serverTime);
  setApp({ codeBook: { ...reply, offsetMs: useApp.getState().offsetMs ?? 0, fetchedAt: Date.now() } });
}

/** Offline passes, at the holder's wish: their money is set aside on the card. Asked again it is the same envelope until it is nearly over. */
export async function loadPasses(): Promise<void> {
  const askedAt = Date.now();
  const hasLeft = watchHolder();
  const reply = await api.passes();
  // Not asked for again: passes set money aside, which the next holder has not wished.
  if (hasLeft()) throw new Failure('leaving');
  learnClock(askedAt, reply.serverTime);
  setApp({ passBook: keepPasses(useApp.getState().passBook, reply) });
}

/** Identity passes for gates without network: they cost nothing, so they are fetched before anybody needs one. */
export async function loadIdentityPasses(): Promise<void> {
  const { pack, identityBook } = useApp.getState();
  if (pack?.gates?.offline === undefined || !needsIdentityPasses(identityBook, serverNow())) return;
  const askedAt = Date.now();
  const { serverTime, ...book } = await ofHolder(api.identityPasses);
  learnClock(askedAt, serverTime);
  setApp({ identityBook: book });
}

/** A binding has one session and ends with it; the next screen signs in anew. */
export function forgetSession(): void {
  forgetHolder();
  setApp({ session: null });
}

/** Ends this app's binding, here and on the server. */
export async function leave(): Promise<void> {
  await api.unbind();
  forgetSession();
}

/** 24 hex digits: enough chance that two presses never share one. */
export async function newRequestId(): Promise<string> {
  let id = '';
  for (const byte of await platform.randomBytes(12)) id += byte.toString(16).padStart(2, '0');
  return id;
}

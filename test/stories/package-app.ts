import path from 'node:path';
import type { Stack } from '../../sandbox/local/stack';
import { PackageHost } from '../packages/host/package-host';
import type { Templates } from '../packages/host/templates';
import type { MessageAnswer, World } from '../packages/host/world';
import { root } from '../support/project';
import { type App, agree } from './app';

/** Where a mini-program's build believes its server to be; a real one is named at build time. */
const BUILT_FOR = 'http://127.0.0.1:4000';

export interface PackageAppOptions {
  readonly kind: 'weapp' | 'alipay';
  readonly stack: Stack;
  /** Who holds the phone. */
  readonly person: string;
  readonly templates?: Templates;
  /** Where the phone is, should the app ask. */
  readonly place?: { readonly latitude: number; readonly longitude: number };
  /** Remembers what an earlier app on the same phone kept. */
  readonly storage?: ReadonlyMap<string, unknown>;
  /** The phone's clock, epoch ms. */
  readonly now?: () => number;
  /** The question about privacy is left on the screen. */
  readonly undecided?: boolean;
  /** WeChat Work runs it, opened from the console of this school. */
  readonly workOf?: string;
}

/** A phone that can be weighed, cut off, and whose memory outlives the app. */
export interface PackageApp extends App {
  readonly host: PackageHost;
  /** Addresses asked so far. */
  readonly requests: readonly string[];
  cutNetwork(isCut: boolean): void;
  /** The next answer to that address is lost on its way back; the server has done what was asked. */
  loseAnswerTo(path: string): void;
  /** The next answer of that address that is no refusal is on its way until it is let go. */
  holdAnswerTo(path: string): { readonly isHeld: () => boolean; letGo(): void };
  /** The app dies in the cashier: before it opened, or after the payer paid. */
  neverHearFromCashier(from: 'opening' | 'paid'): void;
  /** What the person answers from now on to the platform's question about messages. */
  answerMessages(answer: MessageAnswer): void;
  /** How often a cashier opened. */
  readonly cashiersOpened: () => number;
}

/** A built mini-program with the local stack as its server, its sign-in and its cashier. */
export function packageApp({
  kind,
  stack,
  person,
  templates,
  storage,
  now,
  place,
  undecided = false,
  workOf,
}: PackageAppOptions): PackageApp {
  const requests: string[] = [];
  let cut = false;
  let lost: string | undefined;
  let slow: { readonly path: string; readonly arrive: Promise<void>; isHeld: boolean } | undefined;
  let cashiers = 0;
  let silentAt: 'opening' | 'paid' | undefined;
  let cashier: 'pay' | 'cancel' = 'pay';
  let messages: MessageAnswer = 'accept';
  let token = '';
  const { miniProgram } = stack.sandbox.credentials.wechatLogin;
  const app = kind === 'weapp' ? 'wechat' : 'alipay';

  const codeOf = (whose: { app: 'wechat' | 'alipay' | 'wecom'; schoolId?: string }): string => {
    const code = stack.sandbox.world.loginCode({ ...whose, flow: 'mini-program', person });
    if (code === undefined) throw new Error(`nobody called ${person} holds this phone`);
    return code;
  };

  const world: World = {
    async request({ url, method, headers, body }) {
      requests.push(url);
      if (cut) throw new Error('no network');
      if (!url.startsWith(BUILT_FOR)) throw new Error(`url not in domain list: ${url}`);
      token = /^Bearer (.+)$/.exec(headers.Authorization ?? headers.authorization ?? '')?.[1] ?? token;
      const reply = await fetch(stack.functionsUrl + url.slice(BUILT_FOR.length), {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      if (lost !== undefined && url.slice(BUILT_FOR.length) === lost) {
        lost = undefined;
        throw new Error('timeout');
      }
      const text = await reply.text();
      if (slow !== undefined && url.slice(BUILT_FOR.length) === slow.path && reply.ok && !slow.isHeld) {
        slow.isHeld = true;
        await slow.arrive;
      }
      return { status: reply.status, headers: Object.fromEntries(reply.headers), text };
    },
    async loginCode() {
      if (workOf !== undefined) throw new Error('WeChat Work has a sign-in of its own');
      return codeOf({ app });
    },
    ...(workOf === undefined ? {} : { workCode: async () => codeOf({ app: 'wecom', schoolId: workOf }) }),
    async sign(parameters) {
      const { consents } = stack.sandbox.world;
      const opening = kind === 'weapp' ? consents.openWechat(parameters, person) : consents.openAlipay(parameters, person);
      if ('refusal' in opening) throw new Error(opening.refusal);
      const view = consents.answer(opening.consent.id, cashier === 'pay' ? 'agreed' : 'refused');
      // my.paySignCenter calls it resultCode; WeChat tells nothing.
      return kind === 'alipay' && view?.result && 'resultStatus' in view.result ? { resultCode: view.result.resultStatus } : {};
    },
    async messages(templateIds) {
      if (messages === 'accept' && !stack.sandbox.world.messages.agree({ app, person, templateIds }))
        throw new Error(`no such template: ${templateIds.join()}`);
      return messages;
    },
    async pay(parameters) {
      cashiers += 1;
      if (silentAt === 'opening') return new Promise(() => undefined);
      // The app knows its own id, which is part of what WeChat signs; the page does not say it.
      const opening =
        kind === 'weapp'
          ? { platform: 'wechat-pay', parameters: { ...parameters, appId: miniProgram.appid } }
          : { platform: 'alipay', parameters };
      const base = stack.sandbox.credentials.cashierBaseUrl;
      const opened = await post(`${base}/open`, { ...opening, person });
      if (typeof opened.id !== 'string') return opened.result as Record<string, string>;
      const pressed = await post(`${base}/${opened.id}/${cashier}`, {});
      return silentAt === 'paid' ? new Promise(() => undefined) : (pressed.result as Record<string, string>);
    },
  };
  const folder = path.join(root, 'miniapp', 'dist', kind);
  const host = new PackageHost({
    kind,
    folder,
    world,
    ...(templates ? { templates } : {}),
    ...(now ? { now } : {}),
    ...(place ? { place } : {}),
    ...(workOf === undefined ? {} : { query: { school: workOf } }),
  });
  for (const [key, value] of storage ?? []) host.storage.set(key, value);

  // Whoever agreed on this phone before is not asked again, by the app or by WeChat.
  const isDecided = storage?.has('ecode:consent') === true;
  host.privacyAgreed = isDecided;

  const hands: PackageApp = {
    host,
    requests,
    loseAnswerTo: (path) => {
      lost = path;
    },
    holdAnswerTo: (path) => {
      let letGo = () => {};
      const arrive = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const held = { path, arrive, isHeld: false };
      slow = held;
      return { isHeld: () => held.isHeld, letGo };
    },
    answerMessages: (answer) => {
      messages = answer;
    },
    cashiersOpened: () => cashiers,
    neverHearFromCashier: (from) => {
      silentAt = from;
    },
    cutNetwork: (isCut) => {
      cut = isCut;
    },
    open: async () => {
      host.start();
      if (!undecided && !isDecided) await agree(hands);
    },
    has: async (id) => host.has(id),
    textOf: async (id) => host.textOf(id),
    placeholder: async (id) => String(host.attributeOf(id, 'placeholder') ?? ''),
    title: async () =>
      host.shown
        .filter((line) => line.startsWith('title: '))
        .at(-1)
        ?.slice('title: '.length) ?? '',
    text: async () => `${host.route}: ${host.text()} ${host.shown.slice(-2).join(', ')}`,
    tap: async (id) => host.tap(id),
    type: async (id, value) => host.input(id, value),
    back: async () => host.navigateBack(),
    picture: async (id) => host.bitmap(id),
    atCashier: (press) => {
      cashier = press;
    },
    token: async () => token,
    errors: () => host.errors,
    close: async () => host.close(),
  };
  return hands;
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return (await reply.json()) as Record<string, unknown>;
}

import type { NativeAnswer, NativeRequest } from '../operations/charge-native';
import { STEPS, type Step } from './fake-code-pay';
import { createModelDatabase } from './model-database';
import { ALIPAY_CODE, NativeFixture, WECHAT_CODE } from './native-fixture';

/**
 * Every order of what a platform can answer, up to five answers, against every way a till can behave. A script that is not used up
 * stands for all that begin with it.
 */
const isFull = process.env.ECODE_FULL === '1';
/** At least so many scripts of up to that length end differently. */
const SCRIPTS = { 3: 80, 4: 300, 5: 1_500 } as const;
const CODES = { 'wechat-pay': WECHAT_CODE, alipay: ALIPAY_CODE } as const;
type Channel = keyof typeof CODES;

/** What the till and the queue do in each second after the sale began. */
interface Behaviour {
  readonly name: string;
  readonly queue: 'works' | 'loses' | 'doubles';
  readonly tick: (second: number) => readonly ('charge' | 'query' | 'void')[];
}
const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'a till that asks', queue: 'loses', tick: (second) => (second % 5 === 0 && second <= 65 ? ['query'] : []) },
  { name: 'a till that dies', queue: 'works', tick: (second) => (second === 120 ? ['query'] : []) },
  { name: 'a queue that loses all', queue: 'loses', tick: (second) => (second === 65 ? ['charge', 'query'] : []) },
  { name: 'a till that voids', queue: 'doubles', tick: (second) => (second === 2 || second === 70 ? ['void', 'charge'] : []) },
];
/** The last look: whatever is reversed has been, whatever goes back is on its way. */
const SECONDS = [2, ...Array.from({ length: 26 }, (_, five) => 5 * five + 5), 190, 250, 550, 610, 2_500, 6_200].sort((a, b) => a - b);

async function play(channel: Channel, script: readonly Step[], behaviour: Behaviour): Promise<boolean> {
  const fixture = new NativeFixture(createModelDatabase());
  const platform = fixture.codePay[channel];
  platform.script = [...script];
  fixture.queue.copies = { works: 1, loses: 0, doubles: 2 }[behaviour.queue];
  const request = fixture.sale(CODES[channel]);
  const heard: NativeAnswer[] = [await fixture.ask('charge', request)];
  const startedAt = fixture.till.now;
  let attempt = 1;
  for (const second of SECONDS) {
    // Nothing more is due: only what the till does late is left to see.
    if (second > 5 && platform.beyond > 0 && (await isOver(fixture, request)) && behaviour.tick(second).length === 0) continue;
    fixture.till.now = startedAt + second * 1_000;
    await fixture.poll();
    if (second % 60 === 0 || second > 130) await fixture.sweepNatives();
    for (const what of behaviour.tick(second)) {
      attempt += 1;
      const answer = await fixture.ask(what, { ...request, attempt });
      if (what !== 'void') heard.push(answer);
      // After C + 60 s whoever asks hears something definite.
      if (second > 60 && !isDefinite(answer)) throw new Error(`${second} s and still ${answer.outcome}`);
    }
  }
  heard.push(await fixture.ask('query', request));
  await check(fixture, channel, request, heard);
  return platform.beyond === 0;
}

async function isOver(fixture: NativeFixture, request: NativeRequest): Promise<boolean> {
  const row = await fixture.native.natives.find('bistu', fixture.orderNo(request));
  return row !== undefined && !('dueAt' in row);
}

const isDefinite = (answer: NativeAnswer) => 'entry' in answer || (answer.outcome === 'not-charged' && answer.definite);

async function check(fixture: NativeFixture, channel: Channel, request: NativeRequest, heard: readonly NativeAnswer[]): Promise<void> {
  const platform = fixture.codePay[channel];
  const orderNo = fixture.orderNo(request);
  const final = heard.filter(isDefinite).map((answer) => JSON.stringify(answer));
  // Said once, said for ever.
  expect(new Set(final).size).toBe(1);
  const entries = await fixture.guests();
  const sales = entries.filter(({ kind }) => kind === 'native-charge');
  const isSold = heard.at(-1)?.outcome === 'charged';
  expect(sales).toHaveLength(isSold ? 1 : 0);
  const backFen = entries.filter(({ reverses }) => reverses !== undefined).length * 1_250;
  // What the platform holds for us is what the books say a merchant has: nothing is kept, nothing is lost.
  expect(platform.keptFen(orderNo)).toBe(isSold ? 1_250 - backFen : 0);
  const { log } = platform;
  expect(log.filter(({ call }) => call === 'pay')).toHaveLength(1);
  for (const [index, { call, at }] of log.entries()) {
    if (call !== 'reverse') continue;
    expect(at - request.body.occurredAt).toBeGreaterThanOrEqual(15_000);
    // What we know to be paid is refunded, never reversed; nor is what is known to be over asked about again.
    expect(log.slice(0, index).filter(({ told }) => told === 'paid')).toEqual([]);
  }
  const row = await fixture.native.natives.find('bistu', orderNo);
  expect(['paid', 'refused', 'reversed', 'given-back']).toContain(row?.state);
}

const PLAYS = (['wechat-pay', 'alipay'] as const).flatMap((channel) =>
  BEHAVIOURS.map((behaviour, index) => {
    // All five everywhere takes a minute: `npm run test:full` does it.
    const usual = channel === 'wechat-pay' && index === 0 ? 5 : index === 3 ? 4 : 3;
    return { channel, behaviour, name: behaviour.name, length: isFull ? 5 : usual } as const;
  }),
);

describe('one sale or none, never kept, reversed only when allowed', () => {
  it.each(PLAYS)('$channel, $name: every order of answers up to $length', async ({ channel, behaviour, length }) => {
    let played = 0;
    let scripts: (readonly Step[])[] = [[]];
    for (let steps = 0; steps <= length; steps += 1) {
      const longer: (readonly Step[])[] = [];
      for (const script of scripts) {
        played += 1;
        const isShort = await play(channel, script, behaviour).catch((error: unknown) => {
          throw new Error(`${script.join(' ')}: ${String(error)}`);
        });
        if (!isShort) longer.push(...STEPS.map((step) => [...script, step]));
      }
      scripts = longer;
    }
    expect(played).toBeGreaterThan(SCRIPTS[length]);
  });
});

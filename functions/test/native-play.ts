import type { NativeAnswer, NativeRequest } from '../operations/charge-native';
import type { VoidNativeDeps } from '../operations/void-native';
import type { CodePayPlatform } from '../platforms/contract';
import { STEPS } from './fake-code-pay';
import type { NativeFixture } from './native-fixture';

type Step = (typeof STEPS)[number];

/** A call to a platform, and what it told. */
interface Call {
  readonly call: 'pay' | 'query' | 'reverse';
  readonly at: number;
  readonly told?: string;
}

/** A till and a platform, fake or played by the sandbox, that follows a script. */
export interface NativeStage {
  readonly fixture: NativeFixture;
  readonly deps: VoidNativeDeps;
  readonly calls: readonly Call[];
  readonly code: string;
  /** What the platform holds for us of an order in the end. */
  readonly keptFen: (orderNo: string) => number;
}

/** What the till and the queue do in each second after the sale began. */
export interface Behaviour {
  readonly name: string;
  readonly queue: 'works' | 'loses' | 'doubles';
  readonly tick: (second: number) => readonly ('charge' | 'query' | 'void')[];
}
export const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'a till that asks', queue: 'loses', tick: (second) => (second % 5 === 0 && second <= 65 ? ['query'] : []) },
  { name: 'a till that dies', queue: 'works', tick: (second) => (second === 120 ? ['query'] : []) },
  { name: 'a queue that loses all', queue: 'loses', tick: (second) => (second === 65 ? ['charge', 'query'] : []) },
  { name: 'a till that voids', queue: 'doubles', tick: (second) => (second === 2 || second === 70 ? ['void', 'charge'] : []) },
];

/** At the last of them whatever is reversed has been, and whatever goes back is on its way. */
const SECONDS = [2, ...Array.from({ length: 26 }, (_, five) => 5 * five + 5), 190, 250, 550, 610, 2_500, 6_200].sort((a, b) => a - b);

/** Writes down what is asked and told, whoever answers. */
export function recorded(platform: CodePayPlatform, clock: () => number, calls: Call[]): CodePayPlatform {
  async function note<T>(call: Call['call'], run: () => Promise<T>, told: (answer: T) => string): Promise<T> {
    const entry: { call: Call['call']; at: number; told?: string } = { call, at: clock() };
    calls.push(entry);
    const answer = await run();
    entry.told = told(answer);
    return answer;
  }
  return {
    name: platform.name,
    payByCode: (payment) =>
      note(
        'pay',
        () => platform.payByCode(payment),
        ({ status }) => status,
      ),
    queryPayment: (order) =>
      note(
        'query',
        () => platform.queryPayment(order),
        ({ status }) => status,
      ),
    reverse: (order) =>
      note(
        'reverse',
        () => platform.reverse(order),
        (outcome) => outcome,
      ),
  };
}

/** One sale from beginning to end; throws where a law is broken. True when the script was longer than the calls. */
export async function play(stage: NativeStage, script: readonly Step[], behaviour: Behaviour): Promise<boolean> {
  const { fixture, deps, calls, code } = stage;
  fixture.queue.copies = { works: 1, loses: 0, doubles: 2 }[behaviour.queue];
  const request = fixture.sale(code);
  const heard: NativeAnswer[] = [await fixture.ask('charge', request, deps)];
  const startedAt = fixture.till.now;
  let attempt = 1;
  for (const second of SECONDS) {
    // Nothing more is due: only what the till does late is left to see.
    if (second > 5 && (await isOver(fixture, request)) && behaviour.tick(second).length === 0) continue;
    fixture.till.now = startedAt + second * 1_000;
    await fixture.poll(deps);
    if (second % 60 === 0 || second > 130) await fixture.sweepNatives(deps);
    for (const what of behaviour.tick(second)) {
      attempt += 1;
      const answer = await fixture.ask(what, { ...request, attempt }, deps);
      if (what !== 'void') heard.push(answer);
      // After C + 60 s whoever asks hears something definite.
      if (second > 60 && !isDefinite(answer)) throw new Error(`${second} s and still ${answer.outcome}`);
    }
  }
  heard.push(await fixture.ask('query', request, deps));
  await check(stage, request, heard);
  return calls.length < script.length;
}

async function isOver(fixture: NativeFixture, request: NativeRequest): Promise<boolean> {
  const row = await fixture.native.natives.find('bistu', fixture.orderNo(request));
  return row !== undefined && !('dueAt' in row);
}

const isDefinite = (answer: NativeAnswer) => 'entry' in answer || (answer.outcome === 'not-charged' && answer.definite);

async function check({ fixture, calls, keptFen }: NativeStage, request: NativeRequest, heard: readonly NativeAnswer[]): Promise<void> {
  const orderNo = fixture.orderNo(request);
  const final = heard.filter(isDefinite).map((answer) => JSON.stringify(answer));
  // Said once, said for ever.
  expect(new Set(final).size).toBe(1);
  const entries = await fixture.guests();
  const isSold = heard.at(-1)?.outcome === 'charged';
  expect(entries.filter(({ kind }) => kind === 'native-charge')).toHaveLength(isSold ? 1 : 0);
  const backFen = entries.filter(({ reverses }) => reverses !== undefined).length * 1_250;
  // What the platform holds for us is what the books say a merchant has: nothing is kept, nothing is lost.
  expect(keptFen(orderNo)).toBe(isSold ? 1_250 - backFen : 0);
  expect(calls.filter(({ call }) => call === 'pay')).toHaveLength(1);
  for (const [index, { call, at }] of calls.entries()) {
    if (call !== 'reverse') continue;
    expect(at - request.body.occurredAt).toBeGreaterThanOrEqual(15_000);
    // What we know to be paid is refunded, never reversed.
    expect(calls.slice(0, index).filter(({ told }) => told === 'paid')).toEqual([]);
  }
  const row = await fixture.native.natives.find('bistu', orderNo);
  expect(['paid', 'refused', 'reversed', 'given-back']).toContain(row?.state);
}

/** Every script up to `length` that ends otherwise than a shorter one; answers how many that were. */
export async function everyScript(length: number, run: (script: readonly Step[]) => Promise<boolean>): Promise<number> {
  let played = 0;
  let scripts: (readonly Step[])[] = [[]];
  for (let steps = 0; steps <= length; steps += 1) {
    const longer: (readonly Step[])[] = [];
    for (const script of scripts) {
      played += 1;
      const isShort = await run(script).catch((error: unknown) => {
        throw new Error(`${script.join(' ')}: ${String(error)}`);
      });
      if (!isShort) longer.push(...STEPS.map((step) => [...script, step]));
    }
    scripts = longer;
  }
  return played;
}

import type { VoidNativeDeps } from '../operations/void-native';
import type { Step } from './fake-code-pay';
import { Crash, faultyDatabase } from './faulty-database';
import { createModelDatabase } from './model-database';
import { NativeFixture, WECHAT_CODE } from './native-fixture';

/** The process dies at every store call in turn, before it and after it; then the sweep of each minute goes on. */
async function dieAtEach(script: readonly Step[], act: (fixture: NativeFixture, deps: VoidNativeDeps) => Promise<unknown>): Promise<void> {
  for (const moment of ['before', 'after'] as const) {
    for (let at = 1; ; at += 1) {
      const fixture = new NativeFixture(createModelDatabase());
      const platform = fixture.codePay['wechat-pay'];
      platform.script = [...script];
      fixture.queue.copies = 0;
      const request = fixture.sale(WECHAT_CODE);
      const dying = faultyDatabase(fixture.database, { at, moment });
      let died = false;
      try {
        await fixture.ask('charge', request, fixture.nativeOver(dying));
        await act(fixture, fixture.nativeOver(dying));
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        died = true;
      }
      if (!died && dying.calls() < at) {
        expect(at).toBeGreaterThan(3);
        break;
      }
      const startedAt = request.body.occurredAt;
      for (const second of [20, 61, 120, 180, 700, 4_300, 8_000]) {
        fixture.till.now = Math.max(fixture.till.now, startedAt + second * 1_000);
        await fixture.sweepNatives();
      }
      const answer = await fixture.ask('query', { ...request, attempt: 2 });
      expect(await fixture.ask('charge', { ...request, attempt: 3 })).toEqual(answer);
      const isSold = answer.outcome === 'charged';
      expect(isSold || (answer.outcome === 'not-charged' && answer.definite)).toBe(true);
      const entries = await fixture.guests();
      expect(entries.filter(({ kind }) => kind === 'native-charge')).toHaveLength(isSold ? 1 : 0);
      const backFen = 1_250 * entries.filter(({ kind }) => kind === 'native-refund').length;
      // A refund that was begun goes on with its own sweep.
      await fixture.sweep();
      expect(platform.keptFen(fixture.orderNo(request))).toBe(isSold ? 1_250 - backFen : 0);
      expect(platform.log.filter(({ call }) => call === 'pay').length).toBeLessThanOrEqual(1);
      for (const { at: when } of platform.log.filter(({ call }) => call === 'reverse'))
        expect(when - startedAt).toBeGreaterThanOrEqual(15_000);
    }
  }
}

const nothing = async () => undefined;

test('a charge that is paid at once, and dies between any two effects, is one sale or goes back', () => dieAtEach(['success'], nothing));

test('a charge whose payer types, and a question that hears of it', () =>
  dieAtEach(['userpaying', 'success'], async (fixture, deps) => {
    fixture.later(5_000);
    await fixture.sweepNatives(deps);
  }));

test('a payment that is given up and reversed', () =>
  dieAtEach(['userpaying'], async (fixture, deps) => {
    fixture.later(46_000);
    await fixture.sweepNatives(deps);
  }));

test('money that comes after a void and goes back', () =>
  dieAtEach(['late'], async (fixture, deps) => {
    const [first] = fixture.codePay['wechat-pay'].payments.keys();
    expect(first).toBeDefined();
    fixture.later(46_000);
    await fixture.sweepNatives(deps);
  }));

import { createModelDatabase } from './model-database';
import { ALIPAY_CODE, NativeFixture, WECHAT_CODE } from './native-fixture';
import { BEHAVIOURS, everyScript, type NativeStage, play, recorded } from './native-play';

/**
 * Every order of what a platform can answer, up to five answers, against every way a till can behave. A script that is not used up
 * stands for all that begin with it. The sandbox's platforms are played in native-against-sandbox.test.ts.
 */
const CODES = { 'wechat-pay': WECHAT_CODE, alipay: ALIPAY_CODE } as const;

function stage(channel: keyof typeof CODES): NativeStage & { readonly script: string[] } {
  const fixture = new NativeFixture(createModelDatabase());
  const platform = fixture.codePay[channel];
  const calls: Parameters<typeof recorded>[2] = [];
  const clock = () => fixture.till.now;
  const deps = { ...fixture.native, platforms: { ...fixture.codePay, [channel]: recorded(platform, clock, calls) } };
  return { fixture, deps, calls, code: CODES[channel], keptFen: (orderNo) => platform.keptFen(orderNo), script: platform.script };
}

/** At least so many scripts of up to five answers end differently. */
const SCRIPTS = 1_500;
const PLAYS = (['wechat-pay', 'alipay'] as const).flatMap((channel) =>
  BEHAVIOURS.map((behaviour) => ({ channel, behaviour, name: behaviour.name })),
);

describe('one sale or none, never kept, reversed only when allowed', () => {
  it.each(PLAYS)('$channel, $name: every order of answers up to 5', async ({ channel, behaviour }) => {
    const played = await everyScript(5, (script) => {
      const on = stage(channel);
      on.script.push(...script);
      return play(on, script, behaviour);
    });
    expect(played).toBeGreaterThan(SCRIPTS);
  });
});

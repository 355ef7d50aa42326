import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import { offeredChannel, topUpAmount } from './top-up-amount';

const pack = (schoolId: string): RulePack =>
  v.parse(rulePackSchema, JSON.parse(readFileSync(path.resolve(__dirname, `../../packs/${schoolId}.json`), 'utf8')));
const bistu = pack('bistu');
const changed = (topUp: Partial<RulePack['topUp']>): RulePack => ({ ...bistu, topUp: { ...bistu.topUp, ...topUp } });

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (isAppError(error)) return [error.code, error.detail];
    throw error;
  }
}

describe('the amount of a top-up', () => {
  it('is at most ¥999 at BISTU (BI-10), and the refusal says so', () => {
    expect(topUpAmount(99_900, bistu, {})).toBe(99_900);
    expect(refusal(() => topUpAmount(99_901, bistu, {}))).toEqual(['top-up.over-cap', { maxFen: 99_900 }]);
  });

  it('is at most what the channel takes, where that is less', () => {
    expect(refusal(() => topUpAmount(50_001, bistu, { maxFen: fen(50_000) }))).toEqual(['top-up.over-cap', { maxFen: 50_000 }]);
    expect(refusal(() => topUpAmount(99_901, bistu, { maxFen: fen(200_000) }))).toEqual(['top-up.over-cap', { maxFen: 99_900 }]);
  });

  it('has a cap also at a school that states none', () => {
    expect(topUpAmount(5_000_000, pack('shanghaitech'), {})).toBe(5_000_000);
    expect(refusal(() => topUpAmount(5_000_001, pack('shanghaitech'), {}))).toEqual(['top-up.over-cap', { maxFen: 5_000_000 }]);
  });

  it('is at least the pack’s least amount', () => {
    expect(refusal(() => topUpAmount(99, changed({ minFen: fen(100) }), {}))).toEqual(['top-up.amount-invalid', { minFen: 100 }]);
    expect(topUpAmount(100, changed({ minFen: fen(100) }), {})).toBe(100);
  });

  it('is one of the presets where nothing else may be chosen', () => {
    const presets = changed({ freeAmount: false, presetsFen: [fen(1_000), fen(2_000)] });
    expect(topUpAmount(2_000, presets, {})).toBe(2_000);
    expect(refusal(() => topUpAmount(1_500, presets, {}))).toEqual(['top-up.amount-invalid', undefined]);
  });
});

describe('the channel of a top-up', () => {
  it.each([
    ['sjtu', 'alipay', true],
    ['sjtu', 'wechat-pay', false],
    ['shanghaitech', 'wechat-pay', true],
    ['shanghaitech', 'alipay', true],
    ['shanghaitech', 'bank-card', false],
    ['dufl', 'wechat-pay', false],
    ['dufl', 'alipay', false],
    ['dufl', 'wallet', false],
    ['bistu', 'wechat-pay', true],
    ['bistu', 'alipay', true],
  ])('at %s: %s is offered to a phone: %p', (schoolId, channel, offered) => {
    const found = refusal(() => offeredChannel(pack(schoolId), channel));
    expect(found).toEqual(offered ? expect.objectContaining({ id: channel, target: 'card' }) : ['top-up.channel-not-offered', { channel }]);
  });

  it('is not offered while this deployment does not carry it', () => {
    const [first, ...rest] = bistu.topUp.channels;
    if (first === undefined) throw new Error('bistu has channels');
    const off = changed({ channels: [{ ...first, enabled: false }, ...rest] });
    expect(refusal(() => offeredChannel(off, 'wechat-pay'))).toEqual(['top-up.channel-not-offered', { channel: 'wechat-pay' }]);
  });
});

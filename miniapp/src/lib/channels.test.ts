import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { rulePackSchema } from '../../../shared/rule-pack';
import { amountRules, cardChannels, linkHere, topUpWay } from './channels';
import { groupPlaces } from './places';

const pack = (schoolId: string) =>
  v.parse(rulePackSchema, JSON.parse(readFileSync(path.resolve(__dirname, '../../../packs', `${schoolId}.json`), 'utf8')));
const seen = (schoolId: string, here: 'wechat-pay' | 'alipay' | undefined) =>
  Object.fromEntries(cardChannels(pack(schoolId), here).map(({ channel, blocked }) => [channel.id, blocked]));

describe('ways to top up in this container', () => {
  it('ShanghaiTech offers the channel of the app that is open, and says where the other works', () => {
    expect(seen('shanghaitech', 'wechat-pay')).toMatchObject({ 'wechat-pay': undefined, alipay: 'in-alipay' });
    expect(seen('shanghaitech', 'alipay')).toMatchObject({ 'wechat-pay': 'in-wechat', alipay: undefined });
  });

  it('DL-25 DUFL tops the card up from the wallet only, on a screen of its own', () => {
    expect(cardChannels(pack('dufl'), 'wechat-pay')).toMatchObject([{ channel: { id: 'wallet' }, blocked: undefined, opens: 'card' }]);
    expect(['dufl', 'bistu', 'shanghaitech', 'sjtu'].map((schoolId) => topUpWay(pack(schoolId)))).toEqual([
      'card',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('opens the transfer from the bound bank card where the school carries it, and no cash machine', () => {
    const opens = Object.fromEntries(cardChannels(pack('shanghaitech'), 'alipay').map(({ channel, opens: way }) => [channel.id, way]));
    expect(opens).toEqual({ 'wechat-pay': undefined, alipay: undefined, 'bank-card': 'bank', 'cash-machine': undefined });
    expect(seen('sjtu', 'alipay')).toMatchObject({ 'school-app': 'not-here', 'cash-machine': 'not-here', 'bank-card': undefined });
  });

  it("takes the lower of the school's cap and the channel's", () => {
    const bistu = pack('bistu');
    expect(amountRules(bistu, bistu.topUp.channels[0])).toEqual({ minFen: bistu.topUp.minFen, maxFen: 99_900 });
    const sjtu = pack('sjtu');
    const atm = sjtu.topUp.channels.find((channel) => channel.id === 'bank-card');
    expect(amountRules(sjtu, atm).maxFen).toBe(50_000);
    expect(amountRules({ topUp: { ...sjtu.topUp, maxFen: undefined } }, undefined).maxFen).toBeUndefined();
  });

  it('DL-41 and DL-43 link WeChat only inside WeChat and Alipay only inside Alipay', () => {
    expect((['wechat-mini', 'wechat-web', 'alipay-mini', 'alipay-web', 'wecom-mini', 'wecom-web', 'plain'] as const).map(linkHere)).toEqual(
      ['wechat', 'wechat', 'alipay', 'alipay', undefined, undefined, undefined],
    );
  });

  it('groups places by kind without losing one', () => {
    for (const schoolId of ['sjtu', 'shanghaitech', 'dufl', 'bistu']) {
      const { places } = pack(schoolId);
      const groups = groupPlaces(places);
      expect(groups.flatMap((group) => group.places)).toHaveLength(places.length);
      expect(new Set(groups.map((group) => group.kind)).size).toBe(groups.length);
    }
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { rulePackSchema } from '../../../shared/rule-pack';
import { amountRules, cardChannels, linkHere } from './channels';
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

  it('DL-25 DUFL tops the card up from the wallet only, and the wallet is not open', () => {
    expect(Object.values(seen('dufl', 'wechat-pay'))).not.toContain(undefined);
    expect(seen('dufl', 'wechat-pay')).toMatchObject({ wallet: 'wallet' });
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
    expect((['wechat-mini', 'wechat-web', 'alipay-mini', 'alipay-web', 'plain'] as const).map(linkHere)).toEqual([
      'wechat',
      'wechat',
      'alipay',
      'alipay',
      undefined,
    ]);
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

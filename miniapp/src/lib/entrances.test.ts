import { entrances } from './entrances';

const label = (zh: string) => ({ label: { zh, en: zh } });
const screens = (services: Parameters<typeof entrances>[0]['services']) => entrances({ services }).map(({ screen }) => screen);

describe('the entrances at home', () => {
  it('are those that the school’s pack lists, in one order', () => {
    const services = { share: label('分享达人'), offers: { ...label('优惠信息'), items: [] }, privacy: label('隐私政策') };
    expect(screens(services)).toEqual(['offers', 'share', 'privacy']);
    expect(entrances({ services }).map((each) => each.label?.zh)).toEqual(['优惠信息', '分享达人', '隐私政策']);
  });

  it('DL-30 always lead to the privacy policy, also where a school lists nothing', () => {
    expect(screens(undefined)).toEqual(['privacy']);
    expect(screens({})).toEqual(['privacy']);
  });
});

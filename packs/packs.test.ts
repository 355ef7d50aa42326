import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { packProblems } from '../functions/domain/pack-problems';
import { type RulePack, rulePackSchema } from '../shared/rule-pack';

const SCHOOLS = ['sjtu', 'shanghaitech', 'dufl', 'bistu'] as const;

function readPack(schoolId: (typeof SCHOOLS)[number]): RulePack {
  return v.parse(rulePackSchema, JSON.parse(readFileSync(join(__dirname, `${schoolId}.json`), 'utf8')));
}
const packs = { sjtu: readPack('sjtu'), shanghaitech: readPack('shanghaitech'), dufl: readPack('dufl'), bistu: readPack('bistu') };
const { sjtu, shanghaitech, dufl, bistu } = packs;

const liveChannels = (pack: RulePack): string[] => pack.topUp.channels.filter((channel) => channel.enabled).map((channel) => channel.id);
const channel = (pack: RulePack, id: string) => pack.topUp.channels.find((each) => each.id === id);
const placesOf = (pack: RulePack, kind: string): string[] =>
  pack.places.filter((place) => place.kind === kind).map((place) => place.name.zh);

/** WCAG relative luminance contrast of a colour with white. */
function contrastWithWhite(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

describe.each(SCHOOLS)('the pack of %s', (schoolId) => {
  const pack = packs[schoolId];

  it('fits the schema, bears its file name as its school id and contradicts itself nowhere', () => {
    expect(pack.schoolId).toBe(schoolId);
    expect(packProblems(pack)).toEqual([]);
  });

  it('leads from each printed rule and each choice of ours to a value that exists', () => {
    const pointers = [...Object.values(pack.sources).flat(), ...Object.keys(pack.notInGuide)];
    expect(pointers.length).toBeGreaterThan(20);
    const broken = { ...pack, sources: { ...pack.sources, 'ST-99': '/topUp/noSuchThing' } };
    expect(packProblems(broken)).toEqual(['/topUp/noSuchThing names nothing']);
  });

  it('has colours on which white text can be read', () => {
    expect(contrastWithWhite(pack.brand.color)).toBeGreaterThan(4.5);
    expect(contrastWithWhite(pack.brand.color2)).toBeGreaterThan(4.5);
  });

  it('lets no bare card number pay', () => {
    expect(pack.codes.bareCardNumberPays).toBe(false);
  });
});

describe('SJTU', () => {
  it('SJ-01 has a checking password and a transaction password', () => {
    expect(sjtu.passwords.query.en).toBe('Checking password');
    expect(sjtu.passwords.transaction?.en).toBe('Transaction password');
  });

  it('SJ-02 tops up in four ways: app, Alipay, cash and the Ecard ATM, of which the app is not ours', () => {
    expect(sjtu.topUp.channels.map(({ id }) => id).sort()).toEqual(['alipay', 'bank-card', 'cash-machine', 'school-app']);
    expect(liveChannels(sjtu)).toEqual(['alipay', 'bank-card', 'cash-machine']);
  });

  it('offers jAccount', () => expect(sjtu.signIn.otherWays).toEqual(['campus-sso']));

  it('SJ-05 says My Campus Card and Deposit', () => {
    expect(sjtu.appName.en).toBe('My Campus Card');
    expect(sjtu.topUp.cardLabel.en).toBe('Deposit');
  });

  it('SJ-08 SJ-info-1057 charges from a bank card at the ATM, at most RMB 500, which caps no other channel', () => {
    expect(channel(sjtu, 'bank-card')).toMatchObject({ maxFen: 50_000, label: { zh: '银行卡转卡钱包' } });
    expect(sjtu.topUp.maxFen).toBeUndefined();
    expect(channel(sjtu, 'alipay')?.maxFen).toBeUndefined();
  });

  it('SJ-09 lists transfer machines by campus', () => {
    const kiosks = sjtu.places.filter((place) => place.kind === 'kiosk');
    expect(kiosks.map((place) => place.campus?.en)).toEqual(['Minhang', 'Xuhui']);
  });

  it('SJ-11 has 校园卡业务 on the machine; SJ-12 asks for the checking password', () => {
    expect(sjtu.kioskMenu?.map(({ zh }) => zh)).toContain('校园卡业务');
    expect(sjtu.signIn.fields.password.label.en).toBe('Checking password');
  });

  it('SJ-16 has every word in English, with no Chinese left in it but names that are Chinese wherever they stand', () => {
    const english: string[] = [];
    const walk = (node: unknown): void => {
      if (node === null || typeof node !== 'object') return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'zh') expect(node).toMatchObject({ en: expect.stringMatching(/[A-Za-z]/) });
        if (key === 'en' && typeof value === 'string') english.push(value);
        walk(value);
      }
    };
    walk(sjtu);
    expect(english.length).toBeGreaterThan(30);
    // Between quotation marks: what is printed on a machine or in another app, and must be recognised there.
    expect(english.filter((text) => /[\u3000-\u9fff]/.test(text.replace(/“[^”]*”/g, '')))).toEqual([]);
  });

  it('SJ-14 lists articles with title, date, excerpt and link, newest first', () => {
    const articles = sjtu.services?.help?.articles ?? [];
    const dates = articles.map(({ date }) => date);
    expect(dates).toEqual([...dates].sort().reverse());
    const passwords = articles.find(({ title }) => title.en === 'Passwords of Ecard');
    expect(passwords).toMatchObject({
      date: '2023-04-25',
      excerpt: { en: 'Ecard has 2 passwords: the checking password and the transaction password.' },
      link: { to: 'page', url: 'https://en.net.sjtu.edu.cn/info/1005/1060.htm' },
    });
  });

  it('SJ-info-1060 resets passwords at two desks', () => {
    expect(sjtu.places.filter(({ kind }) => kind === 'service-desk').map(({ campus, name }) => [campus?.en, name.en])).toEqual([
      ['Minhang', 'Library & Information Building, 1F'],
      ['Xuhui', 'Lecture Building No.3, 1F'],
    ]);
  });

  it('SJ-info-1061 allows RMB 30 in each of four dining periods that fill the day; above it, the transaction password', () => {
    expect(sjtu.limits.perMealPeriodFen).toBe(3000);
    expect(sjtu.limits.mealPeriods.map(({ id }) => id)).toEqual(['breakfast', 'lunch', 'dinner', 'supper']);
    let minute = 0;
    for (const period of sjtu.limits.mealPeriods) {
      expect(period.fromMinute).toBe(minute);
      minute = period.toMinute;
    }
    expect(minute).toBe(1440);
    expect(sjtu.limits).toMatchObject({ aboveMealPeriod: 'transaction-password', holderMayChange: true });
  });

  it('SJ-info-1059 keeps an Alipay top-up in the transition balance until a POS swipe', () => {
    expect(sjtu.arrival).toMatchObject({ mode: 'claim', claimAt: ['pos'], transitLabel: { en: 'Transition balance' } });
  });

  it('SJ-info-1284 binds Bank of China cards and takes cash at Minhang, Xuhui and Qibao', () => {
    expect(sjtu.bank?.name.zh).toBe('中国银行');
    expect(sjtu.places.filter(({ kind }) => kind === 'cash-point').map(({ campus }) => campus?.en)).toEqual(['Minhang', 'Xuhui', 'Qibao']);
  });
});

describe('ShanghaiTech', () => {
  it('ST-02 ST-03 ST-07 binds under 绑定一卡通帐号 with the school filled in and one button 提交', () => {
    expect(shanghaitech.signIn.title.zh).toBe('绑定一卡通帐号');
    expect(shanghaitech.signIn.submit.zh).toBe('提交');
    expect(shanghaitech.signIn.fields.school?.label.zh).toBe('学校');
    expect(shanghaitech.name.zh).toBe('上海科技大学');
  });

  it('ST-04 ST-05 SQ-05 prints the placeholders of name and number', () => {
    expect(shanghaitech.signIn.fields.name).toMatchObject({ label: { zh: '姓名' }, placeholder: { zh: '填写卡上姓名' } });
    expect(shanghaitech.signIn.fields.number).toMatchObject({ label: { zh: '学号/卡号' }, placeholder: { zh: '填写卡上的学号或卡号' } });
  });

  it('ST-06 asks for a 6-digit 查询密码, at first 123456, which is neither the bank’s nor egate’s', () => {
    expect(shanghaitech.signIn.fields.password).toMatchObject({ label: { zh: '查询密码' }, placeholder: { zh: '6位查询密码' } });
    expect(shanghaitech.signIn.initialPassword).toEqual([{ kind: 'fixed', value: '123456' }]);
    expect(shanghaitech.signIn.passwordHint.zh).toMatch(/非银行卡和 egate 密码.*初始密码为 123456/);
  });

  it('ST-09 SQ-07 offers 10, 20 and 100 first', () => {
    expect(shanghaitech.topUp.presetsFen.slice(0, 3)).toEqual([1000, 2000, 10_000]);
  });

  it('ST-10 SQ-07 pays with 立即充值 by WeChat; ST-55 any amount by Alipay, without a cap, and by bank card and cash at the machines', () => {
    expect(shanghaitech.topUp.submit.zh).toBe('立即充值');
    expect(channel(shanghaitech, 'wechat-pay')?.label.zh).toBe('微信充值');
    expect(liveChannels(shanghaitech)).toEqual(['wechat-pay', 'alipay', 'bank-card', 'cash-machine']);
    expect(shanghaitech.topUp).toMatchObject({ freeAmount: true, amountLabel: { zh: '充值金额' } });
    expect(shanghaitech.topUp.maxFen).toBeUndefined();
  });

  it('ST-12 SQ-08 calls the statement 交易明细', () => expect(shanghaitech.statementLabel.zh).toBe('交易明细'));

  it('ST-13 SQ-11 reports a loss as 卡挂失 with the query password', () => {
    expect(shanghaitech.loss).toMatchObject({ reportLabel: { zh: '卡挂失' }, needsPassword: true });
  });

  it('ST-14 ST-59 SQ-12 claims with a purchase at a POS or at a kiosk; nothing arrives by itself', () => {
    expect(shanghaitech.arrival.mode).toBe('claim');
    expect(shanghaitech.arrival.claimAt).toEqual(['pos', 'kiosk']);
    expect(shanghaitech.arrival.nextStep.zh).toContain('通过 POS 机消费刷卡的同时自动领取充值的金额');
  });

  it('ST-15 ST-23 has four menus on the kiosk', () => {
    expect(shanghaitech.kioskMenu?.map(({ zh }) => zh)).toEqual(['自助服务', '银行服务', '微信企业号', '支付宝服务']);
  });

  it('ST-17 ST-18 ST-21 claims 待领金额 with 领取转账金额 and the card password', () => {
    expect(shanghaitech.arrival).toMatchObject({
      claimLabel: { zh: '领取转账金额' },
      transitLabel: { zh: '待领金额' },
      kioskNeedsPassword: true,
    });
    expect(shanghaitech.passwords.transaction?.zh).toBe('校园卡密码');
  });

  it('ST-24 has kiosks in four places', () => {
    expect(placesOf(shanghaitech, 'kiosk')).toEqual(['二号餐厅', '图书馆一楼', '受理中心', '行政中心一楼']);
  });

  it('ST-27 changes the password at a kiosk', () => expect(shanghaitech.passwords.change?.zh).toBe('自助圈存机：自助服务 — 修改密码'));

  it('ST-29 binds Bank of Shanghai cards only; ST-34 transfers without a fee', () => {
    expect(shanghaitech.bank?.cardOnly.zh).toBe('只能绑定上海银行银行卡');
    expect(shanghaitech.bank?.feeBasisPoints).toBe(0);
  });

  it('ST-31 ST-37 ST-43 ST-46 transfers by 银校转账 and 现金充值, which write the card themselves', () => {
    expect(channel(shanghaitech, 'bank-card')).toMatchObject({ label: { zh: '银校转账' }, writesChip: true });
    expect(channel(shanghaitech, 'cash-machine')).toMatchObject({ label: { zh: '现金充值' }, writesChip: true });
  });

  it('ST-40 has cash machines in two places; ST-42 which take RMB 100 notes only', () => {
    expect(placesOf(shanghaitech, 'cash-machine')).toEqual(['受理中心', '二号食堂']);
    expect(shanghaitech.cashMachine?.acceptedNotesFen).toEqual([10_000]);
  });

  it('ST-49 is called 校园一卡通', () => expect(shanghaitech.appName.zh).toBe('校园一卡通'));

  it('ST-54 takes the citizen number for a temporary card', () => {
    expect(shanghaitech.signIn.temporaryNumber?.zh).toBe('临时卡须填写身份证号');
  });

  it('means to verify by email or mobile', () => expect(shanghaitech.signIn.otherWays).toEqual(['email-code', 'mobile-code']));

  it('marks its codes as an addition that can be switched off', () => {
    expect(shanghaitech.codes).toMatchObject({ enabled: true, addition: true });
    expect(sjtu.codes.addition).toBe(true);
    expect(dufl.codes.addition).toBe(false);
    expect(bistu.codes.addition).toBe(false);
  });

  it('takes the ID tail as a second proof, which its initial password does not hold', () => {
    expect(shanghaitech.secondProofs).toEqual(['id-tail', 'sms', 'desk']);
    expect([sjtu, dufl, bistu].map((pack) => pack.secondProofs)).toEqual(Array(3).fill(['sms', 'desk']));
  });
});

describe('DUFL', () => {
  it('DL-01 reports and un-reports a loss and pays the network fee', () => {
    expect(dufl.loss).toMatchObject({ reportLabel: { zh: '卡片挂失' }, cancelLabel: { zh: '卡片解挂' }, cancelOnline: true });
    expect(dufl.utilities).toEqual(['network']);
    expect(dufl.utilityLabels?.network?.zh).toBe('缴网费');
  });

  it('DL-03 has 付款码 and 电子钱包 beside the card, and tops up online by the bound CCB card only', () => {
    expect(dufl.codes).toMatchObject({ enabled: true, paymentLabel: { zh: '付款码' } });
    expect(dufl.wallet).toMatchObject({ offered: true, label: { zh: '电子钱包' } });
    // From the wallet, which only the bank card fills.
    expect(dufl.topUp.channels.map(({ id, target }) => [id, target])).toEqual([
      ['wallet', 'card'],
      ['bank-card', 'wallet'],
    ]);
    expect([dufl.bank?.name.zh, dufl.cashMachine]).toEqual(['中国建设银行', undefined]);
  });

  it('DL-04 is called 校园e码通 and begins with 登录领卡', () => {
    expect(dufl.appName.zh).toBe('校园e码通');
    expect(dufl.signIn.title.zh).toBe('登录领卡');
  });

  it('DL-06 asks for 校园卡账号, 密码 and 姓名', () => {
    const { name, number, password } = dufl.signIn.fields;
    expect([number, password, name].map((field) => field.label.zh)).toEqual(['校园卡账号', '密码', '姓名']);
  });

  it('DL-07 starts with six zeros or the last six digits of the ID', () => {
    expect(dufl.signIn.initialPassword).toEqual([{ kind: 'fixed', value: '000000' }, { kind: 'id-tail-digits' }]);
  });

  it('DL-08 resets a forgotten password at two card offices', () => {
    expect(placesOf(dufl, 'service-desk')).toEqual(['图书馆二楼校园卡管理部', '二期教学楼 121 房间校园卡管理部']);
  });

  it('DL-09 opens the wallet by binding a CCB card; DL-11 the holder’s own debit card', () => {
    expect(dufl.wallet).toMatchObject({ offered: true, heldBy: 'bank', label: { zh: '电子钱包' } });
    expect(dufl.bank?.name.zh).toBe('中国建设银行');
    expect(dufl.bank?.cardOnly.zh).toBe('为了保障账户资金安全，只能绑定您本人的银行储蓄卡账户');
  });

  it('DL-15 DL-17 names the codes 身份码 and 付款码', () => {
    expect([dufl.codes.identityLabel.zh, dufl.codes.paymentLabel.zh]).toEqual(['身份码', '付款码']);
  });

  it('DL-20 DL-25 keeps 钱包充值 and 卡片充值 apart', () => {
    expect(dufl.topUp.cardLabel.zh).toBe('卡片充值');
    expect(channel(dufl, 'bank-card')).toMatchObject({ target: 'wallet', label: { zh: '钱包充值' } });
  });

  it('DL-27 DL-28 DL-43 names the three authentications', () => {
    const { wechatLabel, alipayLabel, unionpayLabel } = dufl.linking;
    expect([wechatLabel, alipayLabel, unionpayLabel].map((label) => label?.zh)).toEqual(['微信认证', '支付宝认证', '银联认证']);
  });

  it('DL-33 DL-34 offers 50, 100, 150, 200 and a typed amount', () => {
    expect(dufl.topUp.presetsFen).toEqual([5000, 10_000, 15_000, 20_000]);
    expect(dufl.topUp).toMatchObject({ freeAmount: true, amountLabel: { zh: '校园卡充值金额(元)' } });
  });

  it('DL-35 DL-37 tops the card up from the wallet, then the debit card, with an SMS check; WeChat Pay and Alipay do not', () => {
    expect(channel(dufl, 'wallet')).toMatchObject({ target: 'card', fallback: 'bank-card', smsCheck: true });
    expect(dufl.topUp.channels.map(({ id }) => id)).toEqual(['wallet', 'bank-card']);
  });

  it('DL-36 caps one top-up at 200', () => {
    expect(dufl.topUp.maxFen).toBe(20_000);
    expect(dufl.topUp.notice?.zh).toContain('单笔交易限额¥200.00');
  });

  it('DL-38 lets money wait as 过渡余额 for a POS', () => {
    expect(dufl.arrival).toMatchObject({ mode: 'claim', claimAt: ['pos'], transitLabel: { zh: '过渡余额' } });
  });

  it('DL-40 lets a code pay from 校园卡 or 电子钱包', () => {
    expect(dufl.codes.funding.map(({ source, label }) => [source, label.zh])).toEqual([
      ['card', '校园卡'],
      ['wallet', '电子钱包'],
    ]);
  });
});

describe('BISTU', () => {
  it('BI-03 wants one tap with the physical card first', () => {
    expect(bistu.codes.firstUse?.zh).toContain('约2秒显示余额即为同步成功');
    expect(bistu.codes.firstSync).toBe(true);
  });

  it('BI-06 is called 信息科大E卡通 and begins with 校园卡绑定', () => {
    expect(bistu.appName.zh).toBe('信息科大E卡通');
    expect(bistu.signIn.title.zh).toBe('校园卡绑定');
  });

  it('BI-05 calls its code 校园码, which pays from the card only', () => {
    expect(bistu.codes.paymentLabel.zh).toBe('校园码');
    expect(bistu.codes.funding.map(({ source }) => source)).toEqual(['card']);
  });

  it('BI-08 shows 核身状态 未绑定', () => {
    expect(bistu.linking.status).toMatchObject({ label: { zh: '核身状态' }, unlinked: { zh: '未绑定' } });
  });

  it('BI-10 tops up in real time, at most 999 each time', () => {
    expect(bistu.topUp.cardLabel.zh).toBe('校园卡充值');
    expect(bistu.topUp.maxFen).toBe(99_900);
    expect(bistu.arrival.mode).toBe('realtime');
    expect(bistu.topUp.notice?.zh).toBe('充值实时到账，上限为单笔 999 元');
  });

  it('BI-10 BI-14 takes WeChat Pay and Alipay with a typed amount', () => {
    expect(liveChannels(bistu)).toEqual(['wechat-pay', 'alipay']);
    expect(bistu.topUp).toMatchObject({ presetsFen: [], freeAmount: true });
    expect(bistu.signIn.fields.number.label.zh).toBe('学号或教工号');
  });

  it('BI-11 un-reports a loss online and pays network and electricity', () => {
    expect(bistu.loss.cancelOnline).toBe(true);
    expect(bistu.utilities).toEqual(['network', 'electricity']);
    expect([bistu.utilityLabels?.network?.zh, bistu.utilityLabels?.electricity?.zh]).toEqual(['网费充值', '电费充值']);
  });

  it('BI-12 links by consent in Alipay', () => expect(bistu.signIn.otherWays).toEqual(['platform-consent']));

  it('BI-15 BI-16 BI-17 has a 小钱包 for water of RMB 10; the others have none', () => {
    expect(bistu.purses).toEqual([{ id: 'water', label: { zh: '小钱包', en: 'Small purse' }, firstLoadFen: 1000, ceilingFen: 1000 }]);
    expect(placesOf(bistu, 'water-controller')).toEqual(['小营校区浴室', '健翔桥校区浴室', '健翔桥校区开水机']);
    expect([sjtu, shanghaitech, dufl].flatMap((pack) => pack.purses)).toEqual([]);
  });

  it('BI-20 settles in five places', () => {
    expect(placesOf(bistu, 'settlement-pos')).toEqual([
      '小营浴室',
      '健翔桥浴室',
      '健翔桥开水房',
      '健翔桥教三楼二、五层',
      '健翔桥学四公寓一层',
    ]);
  });
});

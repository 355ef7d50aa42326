/** The bench's own words. What the product says comes from the product, in both languages. */
const words = {
  title: { zh: '校园e码通 · 试验台', en: 'e-code card · bench top' },
  local: { zh: '全部在本机运行', en: 'All on this machine' },
  balanced: { zh: '账平', en: 'Books balance' },
  unbalanced: { zh: '账不平', en: 'Books differ by' },
  startOver: { zh: '换新手机', en: 'New phones' },
  startOverTitle: {
    zh: '两部新手机、两个新的微信和支付宝账号；账本不变。npm start -- --fresh 才会清空账本',
    en: 'Two new phones with new WeChat and Alipay accounts; the books stay. npm start -- --fresh clears the books',
  },
  wechatPhone: { zh: '手机一 · 微信', en: 'Phone one · WeChat' },
  alipayPhone: { zh: '手机二 · 支付宝', en: 'Phone two · Alipay' },
  school: { zh: '学校', en: 'School' },
  tryIt: { zh: '试一试：', en: 'Try: ' },
  bindAs: { zh: '绑定', en: 'bind' },
  password: { zh: '初始密码', en: 'initial password' },
  idTail: { zh: '证件后六位', en: 'last six of the ID' },
  tryWechat: {
    zh: '充值 ¥20 → 在收银台按“支付” → 出示付款码 → 让 POS 扫它。',
    en: 'top up ¥20 → press Pay at the cashier → show the payment code → let the POS scan it.',
  },
  tryAlipay: { zh: '充值 ¥100，挂失，再让 POS 刷一次卡。', en: 'top up ¥100, report the card lost, then let the POS take a tap.' },
  till: { zh: 'POS · 一食堂 7 号', en: 'POS · Canteen 1, no. 7' },
  online: { zh: '在线', en: 'online' },
  offline: { zh: '断网', en: 'offline' },
  due: { zh: '应收', en: 'Amount due' },
  presentCode: { zh: '请扫码或刷卡', en: 'Scan a code or tap a card' },
  enterAmount: { zh: '请输入金额', en: 'Enter an amount' },
  working: { zh: '处理中…', en: 'One moment…' },
  noCode: { zh: '手机上没有付款码，请先打开付款码', en: 'No code on a phone screen; open the payment code first' },
  paid: { zh: '收款成功', en: 'Paid' },
  voided: { zh: '已撤销', en: 'Voided' },
  notPaid: { zh: '未收款', en: 'Not charged' },
  unknown: { zh: '结果未知', en: 'Not known yet' },
  cardAfter: { zh: '卡余额', en: 'card' },
  claimed: { zh: '领取', en: 'claimed' },
  scan: { zh: '扫码', en: 'Scan' },
  tap: { zh: '刷卡', en: 'Tap' },
  void: { zh: '撤销', en: 'Void' },
  retry: { zh: '重发', en: 'Retry' },
  query: { zh: '查询', en: 'Query' },
  clear: { zh: '清除', en: 'Clear' },
  cutNetwork: { zh: '断网', en: 'Cut network' },
  loseAnswer: { zh: '应答丢失', en: 'Lose answers' },
  clockAhead: { zh: '时钟快 5 分', en: 'Clock 5 min fast' },
  cashier: { zh: '收银台', en: 'Cashier' },
  cashierBy: { zh: '由本机扮演支付平台', en: 'this machine plays the platform' },
  cashierEmpty: { zh: '在手机上充值后，这里会出现待支付的订单。', en: 'Top up on a phone and the order to pay appears here.' },
  pay: { zh: '支付', en: 'Pay' },
  cancel: { zh: '取消', en: 'Cancel' },
  more: { zh: '更多', en: 'More' },
  wechatPay: { zh: '微信支付', en: 'WeChat Pay' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  finance: { zh: '财务 · 今天', en: 'Finance · today' },
  hall: { zh: '设备 · 圈存机、现金机、水控、门禁和两台 POS', en: 'Machines: kiosk, cash machine, water, gate and two POS' },
  hallUnfold: { zh: '全部设备 ›', en: 'All machines ›' },
  layCard: { zh: '放上校园卡', en: 'Lay the card' },
  takeCard: { zh: '取走校园卡', en: 'Take the card away' },
  scanPhone: { zh: '扫手机', en: 'Scan a phone' },
  scanWechat: { zh: '扫微信付款码', en: 'Scan a WeChat code' },
  scanAlipay: { zh: '扫支付宝付款码', en: 'Scan an Alipay code' },
  payerPassword: { zh: '付款人手机要求输入密码', en: 'the payer’s phone asks for the password' },
  morning: { zh: '次日对账', en: 'The morning after' },
  morningUnfold: { zh: '对账 ›', en: 'Reconcile ›' },
  morningFold: { zh: '收起', en: 'Fold' },
  staffAs: { zh: '各校员工', en: 'Staff of each school' },
  staffPassword: { zh: '密码', en: 'password' },
  happened: { zh: '那天发生了什么', en: 'What happened that day' },
  happenedHint: {
    zh: '四名学生充值，两笔的回调丢失，也没有人去查询。',
    en: 'Students top up four times; two callbacks never come, and nobody asks.',
  },
  makeTraffic: { zh: '造四笔充值', en: 'Four top-ups' },
  phonesToo: { zh: '两部手机也在那天付款', en: 'Phones pay on that day too' },
  billSays: { zh: '账单怎么说', en: 'What the bill says' },
  billSaysHint: { zh: '平台自己的账不变，只让账单说谎。', en: 'The platform’s own books stay; only its bill lies.' },
  reconcile: { zh: '对账', en: 'Reconcile' },
  reconcileHint: { zh: '即每天 10:05 的任务；重复运行，结果不变。', en: 'The job of 10:05; running it again changes nothing.' },
  records: { zh: '对账记录', en: 'Records' },
  noRecords: { zh: '这一天还没有对账。', en: 'That day has not been reconciled yet.' },
  whose: { zh: '学校', en: 'School' },
  billSide: { zh: '对方', en: 'Theirs' },
  bookSide: { zh: '存折', en: 'Passbooks' },
  quietRest: { zh: '其余各份无交易，账平', en: 'The others had no trades and balance' },
  lateNote: {
    zh: '那天的账在次日 10:00 已封，之后的入账记在今天的账上，标为补记。',
    en: 'That day’s books closed at 10:00 of the next; what is credited later stands in today’s, marked late.',
  },
  foundDifferences: { zh: '差异与处理', en: 'Differences and acts' },
  noDifferences: { zh: '没有差异。', en: 'None.' },
  sheet: { zh: '资产负债表 · 此刻', en: 'Balance sheet · now' },
  assets: { zh: '资产', en: 'Assets' },
  owed: { zh: '负债与结余', en: 'Owed and kept' },
  sumsToZero: { zh: '相加为零', en: 'Sums to zero' },
  total: { zh: '合计', en: 'Total' },
  terminals: { zh: '终端', en: 'Terminals' },
  topUps: { zh: '充值', en: 'Top-ups' },
  sales: { zh: '消费', en: 'Sales' },
  transit: { zh: '待领取', en: 'In transit' },
  differences: { zh: '差错', en: 'Differences' },
  feed: { zh: '发生了什么', en: 'What happens' },
  feedOf: { zh: '存折与回调', en: 'passbook and callbacks' },
  entry: { zh: '存折', en: 'Passbook' },
  smsTo: { zh: '短信', en: 'SMS' },
  other: { zh: 'EN', en: '中文' },
} as const;

export type Word = keyof typeof words;
export type Language = 'zh' | 'en';

const DRAWER = 'bench-language';
let language: Language = localStorage.getItem(DRAWER) === 'en' ? 'en' : 'zh';
const listeners: (() => void)[] = [];

export function word(name: Word): string {
  return words[name][language];
}

export function either(text: { readonly zh: string; readonly en: string }): string {
  return text[language];
}

export function onLanguage(listener: () => void): void {
  listeners.push(listener);
  listener();
}

export function switchLanguage(): void {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem(DRAWER, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const listener of listeners) listener();
}

export function yuan(amountFen: number): string {
  const sign = amountFen < 0 ? '−' : '';
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  return `${sign}¥${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

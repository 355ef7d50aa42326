import { byId, element } from './dom';
import { either, onLanguage, word, yuan } from './text';

export interface FeedItem {
  readonly n: number;
  readonly at: number;
  readonly source: 'passbook' | 'world' | 'function';
  readonly kind: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const KEPT = 200;

type Bilingual = { readonly zh: string; readonly en: string };

const ENTRY: Readonly<Record<string, Bilingual>> = {
  opened: { zh: '开户', en: 'Account opened' },
  'top-up': { zh: '入账一次', en: 'Credited once' },
  charge: { zh: 'POS 扣款', en: 'POS charge' },
  void: { zh: '撤销', en: 'Void' },
  reversal: { zh: '冲正', en: 'Reversal' },
  claim: { zh: '领取', en: 'Claim' },
  'loss-reported': { zh: '挂失', en: 'Loss reported' },
  'account-frozen': { zh: '销户冻结', en: 'Frozen for closing' },
  'loss-cancelled': { zh: '解挂', en: 'Loss taken back' },
  'app-bound': { zh: '绑定成功', en: 'App bound' },
  'app-revoked': { zh: '解绑', en: 'App removed' },
  fence: { zh: '围栏：不再扣款', en: 'Fence: never to be charged' },
  'card-issued': { zh: '补办新卡', en: 'Card issued' },
  refund: { zh: '退款给付款人', en: 'Refund to the payer' },
  'refund-returned': { zh: '退款退回', en: 'Refund came back' },
  withdrawal: { zh: '提现', en: 'Withdrawal' },
  'withdrawal-returned': { zh: '提现退回', en: 'Withdrawal came back' },
  'utility-payment': { zh: '生活缴费', en: 'Utility payment' },
  'utility-returned': { zh: '缴费退回', en: 'Utility payment came back' },
  transfer: { zh: '转入校园卡', en: 'Moved to the card' },
  'chip-intent': { zh: '待写卡', en: 'Waiting to be written' },
  'chip-written': { zh: '写卡完成', en: 'Written to the card' },
  'subsidy-granted': { zh: '补助发放', en: 'Subsidy granted' },
  'subsidy-expired': { zh: '补助到期', en: 'Subsidy expired' },
  fee: { zh: '工本费', en: 'Card fee' },
  deposit: { zh: '押金', en: 'Deposit' },
  'deposit-returned': { zh: '押金退回', en: 'Deposit returned' },
  adjustment: { zh: '调账', en: 'Adjustment' },
  'wallet-opened': { zh: '开通电子钱包', en: 'Wallet opened' },
  'wallet-closed': { zh: '关闭电子钱包', en: 'Wallet closed' },
  'account-closed': { zh: '销户', en: 'Account closed' },
  hold: { zh: '待银行扣款', en: 'Waiting for the bank' },
  'hold-released': { zh: '未扣款，已释放', en: 'Released, not charged' },
  'group-changed': { zh: '身份变更', en: 'Group changed' },
  'card-synced': { zh: '数据同步', en: 'Card synchronized' },
  'card-activated': { zh: '旧卡启用', en: 'Earlier card reactivated' },
  'native-charge': { zh: '消费（微信/支付宝付款码）', en: 'Sale by native code' },
  'native-refund': { zh: '付款码消费退款', en: 'Native sale refunded' },
  'pass-opened': { zh: '离线码授权', en: 'Offline passes opened' },
  'pass-charge': { zh: '离线消费', en: 'Offline sale' },
  'pass-ended': { zh: '离线码到期释放', en: 'Offline passes ended' },
  'purse-loaded': { zh: '小钱包预充', en: 'Purse loaded' },
  'purse-settled': { zh: '小钱包结算', en: 'Purse settled' },
  'purse-returned': { zh: '小钱包退回', en: 'Purse returned' },
  'receivable-cleared': { zh: '应收款结清', en: 'Receivable cleared' },
  'platform-settlement': { zh: '平台结算', en: 'Platform settlement' },
  'merchant-payout': { zh: '商户付款', en: 'Merchant payout' },
  suspense: { zh: '挂账', en: 'Suspense' },
  'suspense-cleared': { zh: '挂账清理', en: 'Suspense cleared' },
  'cash-collected': { zh: '现金解款', en: 'Cash collected' },
};

const WORLD: Readonly<Record<string, Bilingual>> = {
  'order.created': { zh: '平台下单', en: 'Platform order' },
  'order.closed': { zh: '平台关单', en: 'Order closed' },
  'order.paid': { zh: '付款成功', en: 'Paid' },
  'order.refunded': { zh: '退款', en: 'Refunded' },
  'request.refused': { zh: '平台拒绝请求', en: 'Platform refused a request' },
  'cashier.opened': { zh: '收银台打开', en: 'Cashier opened' },
  'cashier.refused': { zh: '收银台拒绝', en: 'Cashier refused' },
  'cashier.cancelled': { zh: '取消付款', en: 'Payment cancelled' },
  'callback.sent': { zh: '发出回调', en: 'Callback sent' },
  'callback.accepted': { zh: '回调已接受', en: 'Callback accepted' },
  'callback.not-accepted': { zh: '回调被拒', en: 'Callback refused' },
  'callback.lost': { zh: '回调丢失', en: 'Callback lost' },
  'callback.held': { zh: '回调延后', en: 'Callback held' },
  'callback.given-up': { zh: '不再重发', en: 'Callback given up' },
  'login.code-issued': { zh: '登录凭证', en: 'Sign-in code' },
  'login.code-exchanged': { zh: '登录成功', en: 'Signed in' },
  'sms.sent': { zh: '短信已发送', en: 'SMS sent' },
  'mail.sent': { zh: '邮件已发送', en: 'E-mail sent' },
  'wecom.followed': { zh: '关注企业号', en: 'School followed in WeChat Work' },
  'wecom.refused': { zh: '不在通讯录中', en: 'Not among the contacts' },
  'sso.signed-in': { zh: '统一身份认证', en: 'Campus sign-on' },
  'control.changed': { zh: '改变开关', en: 'Switch changed' },
};

/** Everything that happens, newest first. Opening of accounts at the first start is left out: it is thousands. */
export function setUpFeed(onItem: (item: FeedItem) => void): void {
  const items: FeedItem[] = [];
  const list = byId('feed');
  onLanguage(() => list.replaceChildren(...items.map(line)));
  const source = new EventSource('/bench/feed');
  source.addEventListener('message', ({ data }) => {
    const item: FeedItem = JSON.parse(data);
    onItem(item);
    if (item.kind === 'insert/opened') return;
    // A reconnected feed begins anew: what is shown already is not shown again.
    if (items.some(({ n, at }) => n === item.n && at === item.at)) return;
    items.unshift(item);
    list.prepend(line(item));
    if (items.length > KEPT) {
      items.pop();
      list.lastChild?.remove();
    }
  });
}

function line(item: FeedItem): HTMLElement {
  const { heading, tone, detail } = item.source === 'passbook' ? entryText(item) : worldText(item);
  const time = element('time', { text: new Date(item.at).toTimeString().slice(0, 8) });
  const title = element('b', { class: tone, text: heading });
  return element('li', {}, [time, element('div', {}, [title, element('div', { class: 'detail', text: detail })])]);
}

interface Text {
  readonly heading: string;
  readonly tone: string;
  readonly detail: string;
}

function entryText({ kind, subject, detail }: FeedItem): Text {
  const name = kind.split('/')[1] ?? kind;
  const legs = Array.isArray(detail.legs) ? detail.legs : [];
  const amountOf = (start: string): number =>
    legs.reduce((sum: number, leg: unknown) => (Array.isArray(leg) && String(leg[0]).startsWith(start) ? sum + Number(leg[1]) : sum), 0);
  const sale = amountOf('merchant:');
  const topUp = -amountOf('channel:');
  const amount = sale !== 0 ? ` ${yuan(sale)}` : topUp !== 0 ? ` ${yuan(topUp)}` : '';
  const account = subject.slice(0, subject.lastIndexOf('#'));
  const number = subject.slice(subject.lastIndexOf('#') + 1);
  const moved = legs.map((leg: unknown) => (Array.isArray(leg) ? `${leg[0]} ${signed(Number(leg[1]))}` : '')).join('，');
  const reason = typeof detail.reason === 'string' ? detail.reason : '';
  return {
    heading: `${either(ENTRY[name] ?? { zh: name, en: name })}${amount}`,
    tone: name === 'fence' || name === 'void' ? 'warn' : 'good',
    detail: [`${account} · ${word('entry')} #${number}`, moved, reason].filter(Boolean).join(' · '),
  };
}

function signed(amountFen: number): string {
  return amountFen > 0 ? `+${yuan(amountFen)}` : yuan(amountFen);
}

function worldText({ kind, subject, detail }: FeedItem): Text {
  const name = kind.slice(kind.indexOf('/') + 1);
  const bad = /refused|not-accepted|lost|held|given-up|cancelled|failed/.test(name);
  const good = /accepted|paid|exchanged/.test(name) && !bad;
  const facts = Object.entries(detail).map(([label, value]) =>
    label === 'amountFen' || label === 'totalFen' ? yuan(Number(value)) : `${label} ${value}`,
  );
  return {
    heading: either(WORLD[name] ?? { zh: name, en: name }),
    tone: bad ? 'warn' : good ? 'good' : '',
    detail: [kind.split('/')[0], subject, ...facts].filter(Boolean).join(' · '),
  };
}

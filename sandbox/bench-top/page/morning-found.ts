import type { ReconciliationReply } from '../../../shared/api/finance';
import { byId, element } from './dom';
import type { SchoolView } from './phones';
import { either, word, yuan } from './text';

export type RecordView = ReconciliationReply & { readonly schoolId: string };

type Bilingual = { readonly zh: string; readonly en: string };

const STATES: Readonly<Record<string, Bilingual & { readonly tone?: string }>> = {
  waiting: { zh: '等待账单', en: 'waiting', tone: 'held' },
  failed: { zh: '账单不可信', en: 'failed', tone: 'wrong' },
  balanced: { zh: '账平', en: 'balanced' },
  healed: { zh: '已自愈', en: 'healed' },
  open: { zh: '待次日', en: 'open', tone: 'held' },
  held: { zh: '待人工', en: 'held', tone: 'wrong' },
  suspended: { zh: '已停止', en: 'suspended', tone: 'wrong' },
};
const CLASSES: Readonly<Record<string, Bilingual>> = {
  'missing-callback': { zh: '回调缺失', en: 'Missing callback' },
  'orphan-payment': { zh: '无主付款', en: 'Orphan payment' },
  'amount-mismatch': { zh: '金额不符', en: 'Amounts differ' },
  'duplicate-payment': { zh: '重复付款', en: 'Paid twice' },
  'duplicate-line': { zh: '账单重复行', en: 'Line repeated' },
  'refund-mismatch': { zh: '退款不符', en: 'Refunds differ' },
  late: { zh: '次日账单', en: 'Late' },
  'missing-in-bill': { zh: '账单缺少', en: 'Missing in the bill' },
  foreign: { zh: '外来交易', en: 'Foreign' },
  'credited-twice': { zh: '重复入账', en: 'Credited twice' },
  'books-disagree': { zh: '存折与订单不符', en: 'Rows and entries differ' },
  'missing-in-book': { zh: '存折缺少', en: 'Missing in the passbooks' },
  'missing-in-batch': { zh: '终端未售出', en: 'Not sold by the terminal' },
  'no-batch': { zh: '终端未日结', en: 'Terminal has not closed its day' },
};
const ACTS: Readonly<Record<string, Bilingual>> = {
  due: { zh: '待处理', en: 'due' },
  done: { zh: '已处理', en: 'done' },
  held: { zh: '待人工', en: 'held' },
  waiting: { zh: '等待', en: 'waiting' },
  explained: { zh: '已说明', en: 'explained' },
  failed: { zh: '将重试', en: 'to be retried' },
};
const WISHES: Readonly<Record<string, Bilingual>> = {
  credit: { zh: '入账', en: 'credit' },
  refund: { zh: '退款', en: 'refund' },
  reverse: { zh: '冲正', en: 'reverse' },
  hold: { zh: '挂起', en: 'hold' },
  wait: { zh: '等待', en: 'wait' },
};

/** Records of that day that have something to say, and every difference with what became of it. */
export function drawFound(records: readonly RecordView[], schools: readonly SchoolView[]): void {
  const telling = records.filter(({ reconciliation: { sums, differences, state } }) => {
    const isQuiet = (sums === null || sums.billCount + sums.bookCount === 0) && differences === 0;
    return !(isQuiet && (state === 'balanced' || state === 'healed'));
  });
  const differences = records.flatMap(({ differences: found }) => found);
  const rows = telling.map((record) => row(record, schools));
  const rest = records.length - telling.length;
  const isLate = telling.some(
    ({ reconciliation: { sums, state } }) => state === 'healed' && sums !== null && sums.bookCount < sums.billCount,
  );
  byId('morning-found').replaceChildren(
    element('h3', { text: word('records') }),
    ...(records.length === 0 ? [element('p', { class: 'quiet', text: word('noRecords') })] : []),
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...(isLate ? [element('p', { class: 'quiet', text: word('lateNote') })] : []),
    ...(rest === 0 ? [] : [element('p', { class: 'quiet', text: `${word('quietRest')} · ${rest}` })]),
    ...(records.length === 0 ? [] : [element('h3', { text: word('foundDifferences') })]),
    ...(records.length > 0 && differences.length === 0 ? [element('p', { class: 'quiet', text: word('noDifferences') })] : []),
    ...differences.map(difference),
  );
}

function table(rows: readonly HTMLElement[]): HTMLElement {
  const head = ['', word('billSide'), word('bookSide'), ''].map((text, at) =>
    element('th', { text, class: at === 1 || at === 2 ? 'amount' : '' }),
  );
  return element('table', {}, [element('thead', {}, [element('tr', {}, head)]), element('tbody', {}, rows)]);
}

function row({ schoolId, reconciliation }: RecordView, schools: readonly SchoolView[]): HTMLElement {
  const { channel, state, failure, sums } = reconciliation;
  const school = schools.find((one) => one.schoolId === schoolId);
  const names = { 'wechat-pay': word('wechatPay'), alipay: word('alipay'), pos: word('terminals') };
  const text = STATES[state] ?? { zh: state, en: state };
  const side = (count?: number, amountFen?: number) =>
    element('td', { class: 'amount', text: count === undefined ? '—' : `${count} · ${yuan(amountFen ?? 0)}` });
  const pill = element('span', { class: `pill ${text.tone ?? ''}`, text: either(text), title: failure ?? '' });
  const why = failure === null ? [] : [element('div', { class: 'quiet', text: failure })];
  return element('tr', {}, [
    element('td', {}, [
      element('div', { text: school ? either(school.name) : schoolId }),
      element('span', { class: 'quiet', text: names[channel] }),
    ]),
    side(sums?.billCount, sums === null ? undefined : sums.billPaymentFen - sums.billRefundFen),
    side(sums?.bookCount, sums === null ? undefined : sums.bookPaymentFen - sums.bookRefundFen),
    element('td', { class: 'amount' }, [pill, ...why]),
  ]);
}

function difference(of: RecordView['differences'][number]): HTMLElement {
  const named = CLASSES[of.class] ?? { zh: of.class, en: of.class };
  const wish = either(WISHES[of.act] ?? { zh: of.act, en: of.act });
  const state = either(ACTS[of.actState] ?? { zh: of.actState, en: of.actState });
  const tone = of.actState === 'done' || of.actState === 'explained' ? '' : of.actState === 'held' ? 'wrong' : 'held';
  const amountFen = of.billFen ?? of.bookFen ?? of.rowFen;
  const title = `${either(named)}${amountFen === null ? '' : ` ${yuan(amountFen)}`}`;
  const detail = [of.orderNo, of.reason, of.result ?? ''].filter(Boolean).join(' · ');
  return element('div', { class: 'difference' }, [
    element('b', { text: title }),
    element('span', { class: `pill ${tone}`, text: `${wish} · ${state}` }),
    element('span', { class: 'quiet', text: detail }),
  ]);
}

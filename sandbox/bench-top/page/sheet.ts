import { byId, element } from './dom';
import type { BooksView } from './finance';
import { either, word, yuan } from './text';

const SIDES: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  'channel:wechat-pay': { zh: '微信支付待结算', en: 'WeChat Pay, to settle' },
  'channel:alipay': { zh: '支付宝待结算', en: 'Alipay, to settle' },
  'channel:bank-card': { zh: '银行卡待结算', en: 'Bank cards, to settle' },
  'channel:cash': { zh: '现金', en: 'Cash' },
  'bank:main': { zh: '银行存款', en: 'Bank' },
  card: { zh: '校园卡', en: 'Cards' },
  transit: { zh: '过渡余额', en: 'In transit' },
  chipPending: { zh: '待写卡', en: 'Waiting for the chip' },
  wallet: { zh: '电子钱包', en: 'Wallets' },
  purse: { zh: '小钱包', en: 'Purses' },
  subsidy: { zh: '补助', en: 'Subsidies' },
  'funding:subsidy': { zh: '补助经费', en: 'Subsidy budget' },
  'deposit:card': { zh: '押金', en: 'Card deposits' },
  suspense: { zh: '挂账', en: 'Suspense' },
  'over-short': { zh: '长短款', en: 'Over and short' },
};
const GROUPS: readonly (readonly [string, { readonly zh: string; readonly en: string }])[] = [
  ['merchant:', { zh: '应付商户', en: 'Merchants' }],
  ['utility:', { zh: '应付水电网', en: 'Suppliers' }],
  ['income:', { zh: '收入', en: 'Income' }],
  ['fee:', { zh: '手续费', en: 'Fees' }],
  ['cash:', { zh: '圈存机现金', en: 'Cash machines' }],
];
const ASSETS = ['channel:', 'bank:', 'cash:'];

/** All schools' books now: what they have on one side, whose it is on the other. */
export function drawSheet({ sides, imbalanceFen }: BooksView): void {
  const isAsset = (side: string): boolean => ASSETS.some((prefix) => side.startsWith(prefix));
  const assets = lines(sides, isAsset, -1);
  const owed = lines(sides, (side) => !isAsset(side), 1);
  const pill = element('span', {
    class: imbalanceFen === 0 ? 'pill' : 'pill wrong',
    id: 'sheet-sum',
    text: imbalanceFen === 0 ? word('sumsToZero') : yuan(imbalanceFen),
  });
  byId('morning-sheet').replaceChildren(
    element('h3', {}, [element('span', { text: word('sheet') }), pill]),
    table(word('assets'), assets),
    table(word('owed'), owed),
  );
}

type Line = readonly [name: string, amountFen: number];

function lines(sides: BooksView['sides'], wanted: (side: string) => boolean, sign: 1 | -1): readonly Line[] {
  const sums = new Map<string, number>();
  for (const [side, amountFen] of Object.entries(sides)) {
    if (!wanted(side)) continue;
    const text = SIDES[side] ?? GROUPS.find(([prefix]) => side.startsWith(prefix))?.[1];
    const name = text === undefined ? side : either(text);
    sums.set(name, (sums.get(name) ?? 0) + sign * amountFen);
  }
  return [...sums].filter(([, amountFen]) => amountFen !== 0);
}

function table(heading: string, rows: readonly Line[]): HTMLElement {
  const row = ([name, amountFen]: Line, style = '') =>
    element('tr', { class: style }, [element('td', { text: name }), element('td', { class: 'amount', text: yuan(amountFen) })]);
  const total = rows.reduce((all, [, amountFen]) => all + amountFen, 0);
  return element('table', {}, [
    element('thead', {}, [element('tr', {}, [element('th', { text: heading }), element('th')])]),
    element('tbody', {}, [...rows.map((one) => row(one)), row([word('total'), total], 'total')]),
  ]);
}

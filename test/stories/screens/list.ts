import type { HolderName } from './holders';

/** How a screen can stand; `ready` is with real data. What the network alone makes of it is in trouble.ts. */
export type State = 'ready' | 'empty' | 'pending';

/** One look at a page of the app: which one, by whom it is seen, and how one knows that it is there. */
export interface ScreenView {
  /** Name of its pictures. */
  readonly id: string;
  /** As in miniapp/src/app.config.ts. */
  readonly page: string;
  readonly of: HolderName;
  readonly state: State;
  /** Of the address; `{n}` is replaced by what the holder's story left behind under that name. */
  readonly query?: Readonly<Record<string, string>>;
  /** Done one after the other once the page is there: an id is pressed, `id=text` is typed. */
  readonly steps?: readonly string[];
  /** The page that the address names, where the steps lead to this one. */
  readonly from?: string;
  /** Id (or class, with its dot) of what the screen shows once everything is on it. */
  readonly shows: string;
  /** The same where a mini-program shows something else. */
  readonly showsInMini?: string;
  /** It asks the server, so it can be seen waiting, refused and without network. */
  readonly asks: boolean;
  /** What the phone remembers of the account is taken from it first, for a screen that would show that instead. */
  readonly forgets?: true;
  /** Grey shapes stay on it: under a question, or as a sample. */
  readonly greys?: true;
}

type Facts = Readonly<Record<string, string>>;

/** `{name}` is what the holder's story left behind under that name. */
export function filled(text: string, facts: Facts): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '');
}

/** Where the view is opened, as the app's router has it: "/pages/order/index?no=…". */
export function addressOf({ from, page, query = {} }: ScreenView, facts: Facts): string {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, filled(value, facts)]));
  return `/${from ?? page}${search.size === 0 ? '' : `?${search}`}`;
}

type Rest = Partial<Pick<ScreenView, 'query' | 'steps' | 'from' | 'showsInMini' | 'state' | 'forgets' | 'greys' | 'asks'>>;

function view(page: string, id: string, of: HolderName, shows: string, { asks = true, state = 'ready', ...rest }: Rest = {}): ScreenView {
  return { id, page, of, shows, asks, state, ...rest };
}

const main = (name: string) => `pages/${name}/index`;
const manage = (name: string) => `packages/manage/pages/${name}/index`;
const records = (name: string) => `packages/records/pages/${name}/index`;
const money = (name: string) => `packages/money/pages/${name}/index`;
const service = (name: string) => `packages/service/pages/${name}/index`;
const entry = (name: string) => `packages/entry/pages/${name}/index`;
const computer = (name: string) => `packages/computer/pages/${name}/index`;
const notices = (name: string) => `packages/notices/pages/${name}/index`;
const gallery = 'packages/gallery/pages/gallery/index';
const still = { asks: false } as const;

/** The computer's page keeps nothing of whom one pays for, so its second step is reached by the first. */
const FORM = { from: computer('form'), query: { school: 'shanghaitech' } } as const;
const PAYEE = ['pc-number={number}', 'pc-name={name}', 'pc-amount=20', 'pc-check'];

/** Every page of the app, in the order in which a student meets them. A test says when one is missing. */
export const SCREENS: readonly ScreenView[] = [
  view(main('schools'), 'schools', 'nobody', 'school-bistu'),
  view(main('home'), 'consent', 'undecided', 'consent-yes', { ...still, greys: true }),
  view(main('bind'), 'bind', 'nobody', 'bind-submit', { query: { school: 'dufl' } }),
  view(main('home'), 'home', 'bistu', 'home-statement', { forgets: true }),
  view(main('home'), 'home-new', 'bistu-new', 'home-change-password', { ...still, forgets: true, state: 'empty' }),
  view(main('home'), 'home-wallet', 'dufl', 'home-to-wallet', { ...still, forgets: true }),
  view(main('home'), 'home-waiting', 'shanghaitech', 'home-transit', { ...still, forgets: true, state: 'pending' }),
  view(main('home'), 'home-lost', 'sjtu', 'home-lost', { ...still, forgets: true }),
  view(main('code'), 'code', 'bistu', 'code-digits', still),
  view(main('code'), 'code-identity', 'bistu', 'code-digits', { ...still, query: { tab: 'identity' } }),
  view(main('code'), 'code-offline-pass', 'bistu', 'pass-none', { ...still, steps: ['code-by-pass'], state: 'empty' }),
  view(main('code'), 'code-frozen', 'sjtu', 'code-frozen', still),
  view(main('code'), 'code-password', 'bistu-new', 'code-need-password', still),
  view(main('top-up'), 'top-up', 'bistu', 'topup-submit', { forgets: true }),
  view(main('order'), 'order', 'bistu', 'order-code', { query: { no: '{order}' } }),
  view(main('order'), 'order-waiting', 'bistu', 'order-created', { ...still, query: { no: '{waitingOrder}' }, state: 'pending' }),

  view(entry('sso'), 'sso', 'nobody', 'sso-go', { showsInMini: 'sso-mini', query: { school: 'sjtu' } }),
  view(entry('identity'), 'identity', 'nobody', 'identity-submit', { query: { school: 'shanghaitech' } }),

  view(manage('account'), 'account', 'bistu', 'account-unbind', { forgets: true }),
  view(manage('loss'), 'loss', 'bistu', 'loss-submit', { forgets: true }),
  view(manage('loss'), 'loss-question', 'bistu', 'loss-confirm-yes', { ...still, steps: ['loss-submit'] }),
  view(manage('loss'), 'loss-reported', 'sjtu', 'loss-cancel', still),
  view(manage('password'), 'password', 'bistu-new', 'password-submit'),
  view(manage('reset'), 'reset', 'nobody', 'reset-submit', { query: { school: 'shanghaitech' } }),
  view(manage('links'), 'links', 'dufl', 'link-wechat', { forgets: true }),
  view(manage('apps'), 'apps', 'dufl', 'app-{binding}'),
  view(manage('places'), 'places', 'shanghaitech', 'places-kiosk', { forgets: true }),

  view(records('statement'), 'statement', 'bistu', 'statement-end'),
  view(records('statement'), 'statement-months', 'bistu', '.months', { ...still, steps: ['statement-month'] }),
  view(records('statement'), 'statement-filter', 'bistu', 'filter-done', { ...still, steps: ['filter-open'] }),
  view(records('statement'), 'statement-empty', 'bistu-new', 'flow-all', { ...still, state: 'empty' }),
  view(records('entry'), 'entry', 'bistu', 'entry-share', { query: { n: '{sale}' } }),
  view(records('month'), 'month', 'bistu', 'month-total'),
  view(records('month'), 'month-empty', 'bistu-new', 'month-year', { ...still, state: 'empty' }),
  view(records('year'), 'year', 'bistu', 'year-spent'),
  view(records('year'), 'year-empty', 'bistu-new', '.state', { ...still, state: 'empty' }),
  view(records('check'), 'check', 'bistu', 'check-good', { ...still, steps: ['check-start'] }),
  view(records('data'), 'data', 'bistu', 'data-blocks'),
  view(records('data'), 'data-delete', 'bistu-new', 'proof-value', { ...still, steps: ['data-delete-open'] }),

  view(money('hub'), 'money', 'bistu', 'hub-refunds', { forgets: true }),
  view(money('debt'), 'debt', 'owing', 'debt-owed', { forgets: true }),
  view(money('debt'), 'debt-none', 'bistu-new', 'debt-none', { ...still, state: 'empty' }),
  view(money('wallet'), 'wallet', 'dufl', 'wallet-to-card'),
  view(money('wallet'), 'wallet-closed', 'dufl-new', 'wallet-open', { ...still, state: 'empty' }),
  view(money('bank-card'), 'bank-card', 'dufl', 'bank-card-unbind'),
  view(money('bank-card'), 'bank-card-none', 'dufl-new', 'bind-card-next', { ...still, state: 'empty' }),
  view(money('transfer'), 'transfer-to-card', 'dufl', 'transfer-submit', { query: { way: 'card' } }),
  view(money('transfer'), 'transfer-to-wallet', 'dufl', 'transfer-submit', { ...still, query: { way: 'wallet' } }),
  view(money('transfer'), 'transfer-code', 'dufl', 'code-confirm', {
    ...still,
    ...{ query: { way: 'wallet', yuan: '50' }, steps: ['transfer-submit'], state: 'pending' },
  }),
  view(money('withdraw'), 'withdraw', 'dufl', 'withdraw-all'),
  view(money('wallet-entries'), 'wallet-entries', 'dufl', '.entry'),
  view(money('wallet-entries'), 'wallet-entries-empty', 'dufl-new', '.state', { ...still, state: 'empty' }),
  view(money('customer-info'), 'customer-info', 'dufl', 'info-save'),
  view(money('unionpay'), 'unionpay', 'dufl', 'unionpay-check'),
  view(money('limits'), 'limits', 'dufl', 'limit-perDayFen'),
  view(money('limits'), 'limit-change', 'dufl', 'limit-submit', { ...still, steps: ['limit-perDayFen'] }),
  view(money('transfers'), 'transfers', 'shanghaitech', 'transfers-waiting', { state: 'pending' }),
  view(money('transfers'), 'transfers-empty', 'bistu-new', '.state', { ...still, state: 'empty' }),
  view(money('utility'), 'utility', 'bistu', 'utility-find', { query: { utility: 'electricity' } }),
  view(money('utility'), 'utility-pay', 'bistu', 'utility-back', {
    ...still,
    ...{ query: { utility: 'electricity' }, steps: ['utility-used-3-412', 'utility-find'] },
  }),
  view(money('refunds'), 'refunds', 'shanghaitech', 'refunds-able', { state: 'pending' }),
  view(money('refunds'), 'refunds-empty', 'bistu-new', '.state', { ...still, state: 'empty' }),
  view(money('refunds'), 'refund-ask', 'shanghaitech', 'refund-next', { ...still, steps: ['refunds-ask'] }),
  view(money('disputes'), 'disputes', 'bistu', 'dispute-{doubted}', { state: 'pending' }),
  view(money('disputes'), 'disputes-empty', 'bistu-new', '.state', { ...still, state: 'empty' }),
  view(money('dispute'), 'dispute', 'bistu', 'dispute-submit', { query: { n: '{sale}', what: '一食堂', fen: '9.80' } }),
  view(money('dispute'), 'dispute-waiting', 'bistu', 'dispute-state', { ...still, query: { n: '{doubted}' }, state: 'pending' }),
  view(money('gifts'), 'gifts', 'bistu', 'gift-new'),
  view(money('gifts'), 'gifts-empty', 'bistu-new', 'gift-new', { ...still, state: 'empty' }),
  view(money('gifts'), 'gift-make', 'bistu', 'gift-submit', { ...still, steps: ['gift-new'] }),
  view(money('gift'), 'gift', 'nobody', 'gift-school', { query: { token: '{gift}' } }),
  view(money('auto'), 'auto', 'shanghaitech', 'auto-state'),
  view(money('auto'), 'auto-change', 'shanghaitech', 'auto-submit', { ...still, steps: ['auto-change'] }),
  view(money('auto'), 'auto-none', 'bistu-new', '.state', { ...still, state: 'empty' }),
  view(money('pay-other'), 'pay-other', 'shanghaitech', 'pay-other-check', still),

  view(notices('inbox'), 'notices', 'bistu', 'inbox-end'),
  view(notices('settings'), 'notice-settings', 'bistu', 'notice-settings-always'),

  view(service('guide'), 'guide', 'dufl', 'guide-6', { forgets: true }),
  view(service('help'), 'help', 'sjtu', 'help-place', { forgets: true }),
  view(service('offers'), 'offers', 'dufl', 'offers-none', { forgets: true, state: 'empty' }),
  view(service('privacy'), 'privacy', 'dufl', 'privacy-remove', still),
  view(service('share'), 'share', 'dufl', 'share-copy', { ...still, showsInMini: 'share-send' }),
  view(service('desktop'), 'desktop', 'dufl', 'desktop-steps', still),
  view(service('get-app'), 'get-app', 'sjtu', 'get-way-1', still),

  view(computer('school'), 'computer', 'computer', 'pc-school-sjtu'),
  view(computer('form'), 'computer-form', 'computer', 'pc-check', { query: { school: 'shanghaitech' } }),
  view(computer('confirm'), 'computer-confirm', 'computer', 'pc-ways', { ...still, ...FORM, steps: PAYEE }),
  view(computer('order'), 'computer-order', 'computer', 'pc-scan', {
    ...still,
    ...{ ...FORM, steps: [...PAYEE, 'pc-way-alipay-qr', 'pc-pay'], state: 'pending' },
  }),
  view(computer('records'), 'computer-records', 'computer', 'pc-record-list', {}),
  view(computer('balance'), 'computer-balance', 'computer', 'pc-balance-open', still),
  view(computer('lost'), 'computer-lost', 'computer', 'pc-lost-submit', { query: { school: 'sjtu' } }),

  view(gallery, 'gallery', 'nobody', 'gallery-submit', { ...still, greys: true }),
];

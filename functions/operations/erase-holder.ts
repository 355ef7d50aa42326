import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { closedDraft } from '../domain/close-out';
import { PUT_OFF_MS } from '../domain/deletion';
import { withoutNativePayer } from '../domain/native-payment';
import { namesPayer, type Order } from '../domain/order';
import { withoutPayee } from '../domain/pay-out';
import type { AccountRows } from '../store/account-rows';
import type { Binding } from '../store/bindings';
import type { Cards } from '../store/cards';
import type { Gifts } from '../store/gifts';
import type { Holder, HolderDeletion, Holders } from '../store/holders';
import type { IdentityCodes } from '../store/identity-codes';
import type { Links } from '../store/links';
import type { Lockouts } from '../store/lockouts';
import type { NativePayments } from '../store/native-payments';
import type { Orders } from '../store/orders';
import type { PayOuts } from '../store/pay-outs';
import type { Database, Key } from '../store/table';
import { type AccountName, changeAccount } from './append-loop';
import { type AuditDeps, writeAudit } from './audit';
import { accountSubject } from './check-password';
import { blocksOf, dataEvent, type OpenMattersDeps, openMatters } from './my-data';
import { type RemoveAppDeps, removeApp } from './remove-app';

export interface EraseDeps extends RemoveAppDeps, OpenMattersDeps, AuditDeps {
  readonly holders: Pick<Holders, 'find' | 'changedRow' | 'save' | 'removedRows'>;
  readonly cards: Pick<Cards, 'removedRow'>;
  readonly links: Pick<Links, 'accountOf' | 'removedRow'>;
  readonly lockouts: Pick<Lockouts, 'forget'>;
  readonly identityCodes: Pick<IdentityCodes, 'forget'>;
  readonly orders: Pick<Orders, 'ofAccount' | 'ofPayer' | 'forgetPayer'>;
  readonly payOuts: Pick<PayOuts, 'ofAccount' | 'replace'>;
  readonly natives: Pick<NativePayments, 'find' | 'replace'>;
  readonly gifts: Pick<Gifts, 'ofAccount' | 'save'>;
  readonly accountRows: AccountRows;
  readonly transact: Database['transact'];
}

export type Erasure = 'erased' | 'put-off' | 'not-due';

const PAGE = 30;

/**
 * Erases a holder whose days for cancelling are over: the account is closed, every row that leads from it to a person goes or forgets the person,
 * the holder's own row last. Each step may be done again, so that a sweep which was killed anywhere is gone on with by the next. Money or business
 * that came after the wish puts it off by a day.
 *
 * Throws AppError `request.busy`: somebody else changes the same rows; the next sweep comes again.
 */
export async function eraseHolder(deps: EraseDeps, account: AccountName): Promise<Erasure> {
  const { schoolId, accountNo } = account;
  const holder = await deps.holders.find(schoolId, accountNo);
  const deletion = holder?.deletion;
  if (holder === undefined || deletion === undefined) return 'not-due';
  const pack = await deps.packOf(schoolId);
  if (deletion.state === 'waiting') {
    const begun = await begin(deps, { account, holder, deletion, pack });
    if (begun !== 'begun') return begun;
  }
  const bindings = await deps.bindings.listAll(schoolId, accountNo);
  for (const { bindingId } of bindings.filter(({ removedAt }) => removedAt === undefined)) {
    await removeApp(deps, { bound: account }, bindingId);
  }
  for (const binding of bindings) await forgetIdentity(deps, account, binding);
  await forgetLinks(deps, holder);
  await forgetOrders(deps, account, bindings);
  await forgetPayOuts(deps, account);
  await forgetNatives(deps, account);
  await endGifts(deps, account);
  for (const subject of [accountSubject(accountNo), `proof|${accountNo}`, `id|${accountNo}`]) await deps.lockouts.forget(schoolId, subject);
  await deps.identityCodes.forget(schoolId, holder.number);
  await deps.accountRows.erase(account);
  await writeAudit(deps, dataEvent(account, 'data.erase', 'sweep'));
  return finish(deps, account);
}

interface Beginning {
  readonly account: AccountName;
  readonly holder: Holder;
  readonly deletion: HolderDeletion;
  readonly pack: RulePack;
}

/** Looks once more, closes the account and says that there is no way back, in one transaction. */
async function begin(deps: EraseDeps, { account, holder, deletion, pack }: Beginning): Promise<'begun' | 'put-off' | 'not-due'> {
  if (deps.clock() < deletion.eraseFrom) return 'not-due';
  const erasing = { ...deletion, state: 'erasing' } as const;
  const entryId = `erase-${account.accountNo}-${deletion.requestedAt}`;
  const said = await changeAccount<
    { readonly holder: Holder | undefined; readonly open: Awaited<ReturnType<typeof openMatters>> },
    'begun' | 'closed' | 'put-off' | 'not-due'
  >(deps, {
    account,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => ({
      holder: await deps.holders.find(account.schoolId, account.accountNo),
      open: await openMatters(deps, account),
    }),
    decide: (head, recordedAt, { holder: read, open }) => {
      if (read?.deletion === undefined) return { answer: 'not-due' };
      if (read.deletion.state === 'erasing') return { answer: 'begun' };
      if (blocksOf(head, open, recordedAt).length > 0) return { answer: 'put-off' };
      if (head.state.closed) return { answer: 'closed' };
      const rows = [deps.holders.changedRow({ ...read, deletion: erasing })];
      return { write: closedDraft(head, { entryId, recordedAt }), rows, answer: () => 'begun' };
    },
  });
  if (said === 'closed') return (await deps.holders.save({ ...holder, deletion: erasing })) ? 'begun' : 'put-off';
  // Where somebody else changes the holder at this moment, the next sweep looks again all the same.
  if (said === 'put-off') await deps.holders.save({ ...holder, deletion: { ...deletion, dueAt: deps.clock() + PUT_OFF_MS } });
  return said;
}

/** The identity's row with its sessions, unless the app is bound to another account by now: then it is that account's. */
async function forgetIdentity(deps: EraseDeps, account: AccountName, binding: Binding): Promise<void> {
  const identity = await deps.identities.find(binding);
  const { bound } = identity;
  const isOthers = bound !== undefined && (bound.schoolId !== account.schoolId || bound.accountNo !== account.accountNo);
  if (identity.version === 0 || isOthers) return;
  const rows = [deps.identities.removedRow(identity), ...identity.sessions.map((hash) => deps.sessions.removedRow(hash))];
  await mustWrite(deps, rows);
}

async function forgetLinks(deps: EraseDeps, { schoolId, accountNo, links }: Holder): Promise<void> {
  for (const target of ['wechat', 'alipay'] as const) {
    const linked = links[target];
    if (linked === undefined) continue;
    const link = { schoolId, target, ...linked, accountNo };
    if ((await deps.links.accountOf(link)) === accountNo) await mustWrite(deps, [deps.links.removedRow(link)]);
  }
}

/** Of this account's orders all that the holder made, and those that the holder's apps made for others. What others paid in stays theirs. */
async function forgetOrders(deps: EraseDeps, account: AccountName, bindings: readonly Binding[]): Promise<void> {
  const isOwn = (order: Order): boolean => {
    const asker = order.begunBy ?? { appId: order.appId, openid: order.payerOpenId };
    const isTheirApp = bindings.some(({ appId, openid }) => appId === asker.appId && openid === asker.openid);
    return order.origin === 'own' || order.origin === 'auto' || isTheirApp;
  };
  await eachOrder((page) => deps.orders.ofAccount(account.schoolId, account.accountNo, page), deps, isOwn);
  for (const { appId, openid, platform } of bindings) {
    const identity = await deps.identities.find({ appId, openid, platform });
    if (identity.bound !== undefined) continue;
    await eachOrder((page) => deps.orders.ofPayer({ appId, payerOpenId: openid }, page), deps, isOwn);
  }
}

async function eachOrder(
  list: (page: Parameters<Orders['ofPayer']>[1]) => ReturnType<Orders['ofPayer']>,
  deps: EraseDeps,
  isOwn: (order: Order) => boolean,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const order of page.orders) {
      if (isOwn(order) && namesPayer(order)) must(await deps.orders.forgetPayer(order));
    }
    after = page.next;
  } while (after !== undefined);
}

async function forgetPayOuts(deps: EraseDeps, { schoolId, accountNo }: AccountName): Promise<void> {
  let after: Key | undefined;
  do {
    const page = await deps.payOuts.ofAccount(schoolId, accountNo, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const payOut of page.payOuts) {
      const without = withoutPayee(payOut);
      if (without !== undefined) must(await deps.payOuts.replace(without));
    }
    after = page.next;
  } while (after !== undefined);
}

/** Sales by the own WeChat or Alipay code: their rows are found by the entries that name them. */
async function forgetNatives(deps: EraseDeps, { schoolId, accountNo }: AccountName): Promise<void> {
  let to = Number.MAX_SAFE_INTEGER;
  let more = true;
  while (more) {
    const page = await deps.passbook.entries(schoolId, accountNo, { from: 1, to, limit: 100 });
    for (const { kind, orderNo, n } of page.entries) {
      to = n - 1;
      if (kind !== 'native-charge' || orderNo === undefined) continue;
      const native = await deps.natives.find(schoolId, orderNo);
      const without = native === undefined ? undefined : withoutNativePayer(native);
      if (without !== undefined) must(await deps.natives.replace(without));
    }
    more = page.more;
  }
}

/** A link for gifts ends; the words beside it were the holder's own. */
async function endGifts(deps: EraseDeps, { schoolId, accountNo }: AccountName): Promise<void> {
  let after: string | undefined;
  do {
    const page = await deps.gifts.ofAccount(schoolId, accountNo, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const gift of page.gifts) {
      if (gift.note === '' && gift.endedAt !== undefined) continue;
      must(await deps.gifts.save({ ...gift, note: '', endedAt: gift.endedAt ?? deps.clock() }));
    }
    after = page.next;
  } while (after !== undefined);
}

/** Holder, number, cards, and what stays in their place: all or nothing. */
async function finish(deps: EraseDeps, account: AccountName): Promise<'erased'> {
  const { schoolId, accountNo } = account;
  const holder = await deps.holders.find(schoolId, accountNo);
  if (holder?.deletion === undefined) return 'erased';
  const at = { requestedAt: holder.deletion.requestedAt, erasedAt: deps.clock() };
  await mustWrite(deps, [
    ...deps.holders.removedRows(holder),
    ...holder.cardNumbers.map((cardNumber) => deps.cards.removedRow(schoolId, cardNumber)),
    deps.accountRows.erasedRow(account, at),
  ]);
  return 'erased';
}

async function mustWrite(deps: EraseDeps, rows: Parameters<Database['transact']>[0]): Promise<void> {
  must((await deps.transact(rows)).written);
}

function must(written: boolean): void {
  if (!written) throw new AppError('request.busy');
}

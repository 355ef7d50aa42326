import type { DeletionBlock, MyDataReply } from '../../shared/api/my-data';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { DAY_MS, toIso } from '../../shared/time';
import { COOLING_OFF_DAYS, deletionBlocks, type OpenMatters } from '../domain/deletion';
import type { Entry } from '../domain/entry';
import type { Clock } from '../lib/clock';
import type { AutoTopUps } from '../store/auto-top-ups';
import type { BankCards } from '../store/bank-cards';
import type { Bindings } from '../store/bindings';
import type { Disputes } from '../store/disputes';
import type { Holder, Holders } from '../store/holders';
import type { Orders } from '../store/orders';
import type { Passbook } from '../store/passbook';
import type { PayOuts } from '../store/pay-outs';
import type { Key } from '../store/table';
import type { AccountName } from './append-loop';
import type { AuditEvent } from './audit';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';

export interface OpenMattersDeps {
  readonly orders: Pick<Orders, 'ofAccount'>;
  readonly payOuts: Pick<PayOuts, 'ofAccount'>;
  readonly disputes: Pick<Disputes, 'ofAccount'>;
  readonly bankCards: Pick<BankCards, 'find'>;
  readonly autoTopUps: Pick<AutoTopUps, 'find'>;
  readonly clock: Clock;
}

export interface MyDataDeps extends OpenMattersDeps {
  readonly passbook: Pick<Passbook, 'head'>;
  readonly holders: Pick<Holders, 'find'>;
  readonly bindings: Pick<Bindings, 'find'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

const PAGE = 50;

/** What outside the passbook is not finished. Lists are read to their end: what is years old may still be stuck. */
export async function openMatters(deps: OpenMattersDeps, { schoolId, accountNo }: AccountName): Promise<OpenMatters> {
  const [orders, payOuts, disputes, card, auto] = await Promise.all([
    openOrders(deps, { schoolId, accountNo }),
    openPayOuts(deps, { schoolId, accountNo }),
    deps.disputes.ofAccount(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
    deps.autoTopUps.find(schoolId, accountNo),
  ]);
  // A page of consent that was opened and left is over with its day.
  const isAsked = auto?.state === 'asked' && deps.clock() - auto.askedAt < DAY_MS;
  return {
    orders,
    payOuts,
    disputes: disputes.filter(({ state }) => state === 'waiting' || state === 'office').length,
    hasBankCard: card !== undefined && card.state !== 'ended' && card.state !== 'lost',
    hasAutoTopUp: auto?.state === 'signed' || isAsked,
  };
}

async function openOrders({ orders }: OpenMattersDeps, { schoolId, accountNo }: AccountName): Promise<number> {
  let open = 0;
  let after: string | undefined;
  do {
    const page = await orders.ofAccount(schoolId, accountNo, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    open += page.orders.filter(({ state }) => state === 'created' || state === 'paid').length;
    after = page.next;
  } while (after !== undefined);
  return open;
}

async function openPayOuts({ payOuts }: OpenMattersDeps, { schoolId, accountNo }: AccountName): Promise<number> {
  let open = 0;
  let after: Key | undefined;
  do {
    const page = await payOuts.ofAccount(schoolId, accountNo, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    open += page.payOuts.filter(({ state }) => state === 'requested' || state === 'stuck').length;
    after = page.next;
  } while (after !== undefined);
  return open;
}

/**
 * What the screen shows before anything is asked: this app's consent, a deletion that waits, what stands in the way of one.
 * Throws AppError: `account.unknown`, `school.unknown`.
 */
export async function readMyData(deps: MyDataDeps, caller: HolderCaller): Promise<MyDataReply> {
  const { schoolId, accountNo, bindingId } = caller.bound;
  const [pack, holder, head, binding, open] = await Promise.all([
    deps.packOf(schoolId),
    readHolder(deps, caller),
    deps.passbook.head(schoolId, accountNo),
    deps.bindings.find(schoolId, accountNo, bindingId),
    openMatters(deps, caller.bound),
  ]);
  if (head === undefined) throw new AppError('account.unknown');
  const now = deps.clock();
  const { utcOffsetMinutes } = pack;
  const consent = binding?.consent;
  return {
    consent: consent === undefined ? null : { policyDay: consent.policyDay, agreedAt: toIso(consent.agreedAt, utcOffsetMinutes) },
    deletion: deletionView(holder, pack),
    blocks: blocksOf(head, open, now),
    coolingOffDays: COOLING_OFF_DAYS,
    asOf: toIso(now, utcOffsetMinutes),
  };
}

export function blocksOf({ state }: Entry, open: OpenMatters, now: number): DeletionBlock[] {
  return [...deletionBlocks(state, open, now)];
}

export function deletionView({ deletion }: Pick<Holder, 'deletion'>, { utcOffsetMinutes }: RulePack): MyDataReply['deletion'] {
  if (deletion === undefined) return null;
  const { state, requestedAt, eraseFrom } = deletion;
  return { state, requestedAt: toIso(requestedAt, utcOffsetMinutes), eraseFrom: toIso(eraseFrom, utcOffsetMinutes) };
}

/** As the school's log keeps it: the account by number, nobody's name and no address. */
export function dataEvent(
  { schoolId, accountNo }: AccountName,
  act: AuditEvent['act'],
  userName: 'holder' | 'sweep' = 'holder',
): AuditEvent {
  return { schoolId, userName, act, subject: `account ${accountNo}`, outcome: 'done', sourceIp: '' };
}

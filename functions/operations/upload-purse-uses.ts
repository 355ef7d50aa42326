import type { PurseUseBody, PurseUsesBody, PurseUsesReply } from '../../shared/api/purses';
import { AppError, type ErrorCode, errorTable, errorText, isAppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import { purseMac } from '../domain/purse';
import { chipKey } from '../domain/school-keys';
import { mapInParallel } from '../lib/in-parallel';
import type { PurseUse, PurseUses } from '../store/purse-uses';
import { accountOfCard, type MachineDeps, type MachineRequest } from './machine';
import type { PurseRequest } from './purse-at-machine';
import { type SettlePurseDeps, settleUse } from './settle-purse';

export interface StoredUsesDeps extends SettlePurseDeps {
  readonly purseUses: PurseUses;
}

export type PurseUsesDeps = StoredUsesDeps & Pick<MachineDeps, 'ownCard'>;

export type PurseUsesRequest = MachineRequest<PurseUsesBody> & Pick<PurseRequest, 'terminal'>;

/** Accounts settled together. */
const AT_ONCE = 8;

interface Outcome {
  readonly state: PurseUse['state'];
  readonly code?: ErrorCode;
}

/**
 * What a controller sold while it had no network, however late: every use that its chip proves is stored under the controller's serial, then settled; what cannot
 * be settled now is settled in the night. The chip's own sums decide and not the order in which uses come, so the newest of a card settles them all. A
 * repeat has the same answer.
 *
 * Throws AppError: `terminal.wrong-kind`, `purse.not-offered`, `school.unknown`; what is refused of one use stands in the answer.
 */
export async function uploadPurseUses(deps: PurseUsesDeps, request: PurseUsesRequest): Promise<PurseUsesReply> {
  const { body, pack, terminal } = request;
  if (terminal.kind !== 'water-controller') throw new AppError('terminal.wrong-kind');
  if (pack.purses.length === 0) throw new AppError('purse.not-offered');
  const rows = await mapInParallel(body.uses, AT_ONCE, (use) => store(deps, request, use));
  const outcomes = await settleAll(
    deps,
    rows.flatMap((row) => ('serial' in row ? [row] : [])),
  );
  const uses = rows.map((row, at): PurseUsesReply['uses'][number] => {
    const serial = body.uses[at]?.serial ?? 0;
    const { state, code }: Outcome = 'serial' in row ? (outcomes.get(row) ?? row) : row;
    return { serial, state, reason: code === undefined ? null : reasonOf(code) };
  });
  return { uses, serverTime: toIso(deps.clock(), pack.utcOffsetMinutes) };
}

function reasonOf(code: ErrorCode) {
  const { zh, en } = errorText(code, errorTable);
  return { code, messageZh: zh, messageEn: en };
}

/** The permanent row of a use; or why there is none: nobody's chip made it, or its serial names another. */
async function store(deps: PurseUsesDeps, { body, keys, terminal }: PurseUsesRequest, use: PurseUseBody): Promise<PurseUse | Outcome> {
  const { schoolId } = body;
  const { card, serial, usedAt } = use;
  const { mac, ...sums } = use.purse;
  if (purseMac(chipKey(keys, card), { schoolId, card }, sums) !== mac) return { state: 'refused', code: 'purse.bad-proof' };
  const named = await accountOfCard(deps, { schoolId, card }).catch(unlessUnknown);
  if (named === undefined) return { state: 'refused', code: 'card.unknown' };
  const told = { schoolId, terminal: body.terminal, serial, card, ...named, ...sums, usedAt };
  const row = await deps.purseUses.insert({ ...told, merchant: terminal.merchant, state: 'stored', storedAt: deps.clock(), version: 1 });
  const isSame = row.card === card && row.counter === sums.counter && row.spentFen === sums.spentFen && row.loadedFen === sums.loadedFen;
  return isSame && row.usedAt === usedAt ? row : { state: 'refused', code: 'payment.other-body' };
}

function unlessUnknown(error: unknown): undefined {
  if (isAppError(error, 'card.unknown')) return undefined;
  throw error;
}

/** Newest of each card first: it settles what the older ones tell too. */
async function settleAll(deps: StoredUsesDeps, uses: readonly PurseUse[]): Promise<ReadonlyMap<PurseUse, Outcome>> {
  const byAccount = new Map<string, PurseUse[]>();
  for (const use of uses) {
    const name = `${use.schoolId}/${use.accountNo}`;
    byAccount.set(name, [...(byAccount.get(name) ?? []), use]);
  }
  const outcomes = new Map<PurseUse, Outcome>();
  await mapInParallel([...byAccount.values()], AT_ONCE, async (ofOne) => {
    for (const use of ofOne.sort((a, b) => b.counter - a.counter)) outcomes.set(use, await settleOne(deps, use));
  });
  return outcomes;
}

/** A use whose row it brings up to date. Throws what is no answer about the use. */
export async function settleOne(deps: StoredUsesDeps, use: PurseUse): Promise<Outcome> {
  if (use.state !== 'stored') return use;
  try {
    await settleUse(deps, use);
  } catch (error) {
    // Somebody else is at the account: the night is soon enough.
    if (isAppError(error, 'request.busy')) return { state: 'stored' };
    const code = REFUSALS.find((one) => isAppError(error, one));
    if (code === undefined) throw error;
    await deps.purseUses.replace({ ...use, state: 'refused', code, version: use.version + 1 });
    return { state: 'refused', code };
  }
  await deps.purseUses.replace({ ...use, state: 'settled', version: use.version + 1 });
  return { state: 'settled' };
}

const REFUSALS = ['purse.other-state', 'account.unknown'] as const;

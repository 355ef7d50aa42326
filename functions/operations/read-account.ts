import type { AccountReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { balancesView, entryView, isShown } from '../domain/entry-view';
import { cardHeld } from '../domain/hold';
import { cancelLossRefusal, codesRefusal } from '../domain/standing';
import { spendableSubsidy } from '../domain/subsidy';
import type { Clock } from '../lib/clock';
import type { Holders } from '../store/holders';
import type { Passbook } from '../store/passbook';
import type { Purses } from '../store/purses';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { type MerchantDeps, merchantNames } from './merchant-names';
import { shownNumber } from './personal-data';

export interface ReadAccountDeps extends MerchantDeps {
  readonly passbook: Pick<Passbook, 'entries'>;
  readonly holders: Pick<Holders, 'find'>;
  readonly purses: Pick<Purses, 'find'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
}

const NEWEST = { from: 1, to: Number.MAX_SAFE_INTEGER, limit: 12 };
const RECENT = 5;

/**
 * Everything about the caller's account as of one strongly consistent read, and what it may do now.
 * Throws AppError: `account.unknown`, `school.unknown`.
 */
export async function readAccount(deps: ReadAccountDeps, caller: HolderCaller): Promise<AccountReply> {
  const { schoolId, accountNo } = caller.bound;
  // Read before the entries: what they say was true then or later, never earlier.
  const asOf = deps.clock();
  const [pack, holder, { entries }] = await Promise.all([
    deps.packOf(schoolId),
    readHolder(deps, caller),
    deps.passbook.entries(schoolId, accountNo, NEWEST),
  ]);
  const head = entries[0];
  if (head === undefined) throw new AppError('account.unknown');
  const { state } = head;
  const reservedFen = cardHeld(state, asOf);
  const recent = entries.filter(isShown).slice(0, RECENT);
  const context = { utcOffsetMinutes: pack.utcOffsetMinutes, merchants: await merchantNames(deps, schoolId, recent) };
  const purse = pack.purses.length === 0 ? undefined : await deps.purses.find(schoolId, accountNo, state.cardIssue);
  const reportedAt = toIso(state.lostAt, pack.utcOffsetMinutes);
  return {
    schoolId,
    name: holder.name,
    numberMasked: shownNumber(holder),
    // What has run out is no longer theirs to spend, though the night's look has not taken it yet.
    balances: { ...balancesView(state), subsidyFen: spendableSubsidy(state.subsidy, asOf) },
    asOf: toIso(asOf, pack.utcOffsetMinutes),
    lastEntryN: head.n,
    loss: state.lostAt === 0 ? null : { reportedAt, codesFrozen: state.codesFrozen },
    passwordIsInitial: holder.passwordHash === null,
    capabilities: {
      showPaymentCode: codesRefusal(holder, state, pack) === undefined,
      cancelLoss: cancelLossRefusal(holder, state, pack) === undefined,
    },
    links: { wechat: holder.links.wechat !== undefined, alipay: holder.links.alipay !== undefined },
    walletOpen: state.walletOpen,
    ...(state.owedFen === undefined ? {} : { owedFen: state.owedFen }),
    ...(reservedFen === ZERO ? {} : { reservedFen }),
    ...(purse === undefined ? {} : { purseSettledAt: toIso(purse.settledAt, pack.utcOffsetMinutes) }),
    ...(holder.deletion === undefined ? {} : { eraseFrom: toIso(holder.deletion.eraseFrom, pack.utcOffsetMinutes) }),
    recent: recent.map((entry) => entryView(entry, context)),
  };
}

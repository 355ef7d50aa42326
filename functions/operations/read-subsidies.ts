import type { SubsidiesReply } from '../../shared/api/money-flow';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { spendableSubsidy } from '../domain/subsidy';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { HolderCaller } from './caller';

export interface ReadSubsidiesDeps {
  readonly passbook: Pick<Passbook, 'head'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
}

/** The caller's lots, in the order in which they are spent. Throws AppError: `account.unknown`, `school.unknown`. */
export async function readSubsidies(deps: ReadSubsidiesDeps, { bound }: HolderCaller): Promise<SubsidiesReply> {
  const { schoolId, accountNo } = bound;
  const { subsidy, utcOffsetMinutes } = await deps.packOf(schoolId);
  const asOf = deps.clock();
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  return {
    label: subsidy?.label ?? null,
    totalFen: spendableSubsidy(head.state.subsidy, asOf),
    lots: head.state.subsidy.map(({ amountFen, expiresAt }) => ({
      amountFen,
      expiresAt: toIso(expiresAt, utcOffsetMinutes),
      expired: expiresAt <= asOf,
    })),
    asOf: toIso(asOf, utcOffsetMinutes),
  };
}

import type { ReceivablesReply } from '../../shared/api/receivables';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { type EpochMs, toIso } from '../../shared/time';
import { owedFen } from '../domain/receivable';
import type { Passbook } from '../store/passbook';
import type { ReceivableCases } from '../store/receivable-cases';

export interface ListReceivablesDeps {
  readonly receivableCases: Pick<ReceivableCases, 'ofSchool'>;
  readonly passbook: Pick<Passbook, 'head'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

const PAGE = 50;

/** What came of offline sales that no money was left for, newest sale first, and what each holder owes at this moment. Throws AppError `school.unknown`. */
export async function listReceivables(deps: ListReceivablesDeps, schoolId: string, after?: string | undefined): Promise<ReceivablesReply> {
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const { cases, next } = await deps.receivableCases.ofSchool(schoolId, { limit: PAGE, after });
  const accounts = [...new Set(cases.map(({ accountNo }) => accountNo))];
  const heads = await Promise.all(accounts.map((accountNo) => deps.passbook.head(schoolId, accountNo)));
  const owes = new Map(heads.flatMap((head) => (head === undefined ? [] : [[head.accountNo, owedFen(head.state)] as const])));
  const iso = (at: EpochMs): string => toIso(at, utcOffsetMinutes);
  return {
    cases: cases.map(({ schoolId: _school, n, firstEntryId, occurredAt, recordedAt, ...one }) => ({
      ...one,
      n: n ?? null,
      firstEntryId: firstEntryId ?? null,
      accountOwesFen: owes.get(one.accountNo) ?? ZERO,
      occurredAt: iso(occurredAt),
      recordedAt: iso(recordedAt),
    })),
    nextCursor: next ?? null,
  };
}

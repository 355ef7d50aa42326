import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { Draft, Entry } from '../domain/entry';
import { reversalDraft, saleFen } from '../domain/reversal';

/** Takes the whole of a sale back, as a terminal's void does. */
export function voidDraft(head: Entry, sale: Entry, at: { occurredAt: EpochMs; recordedAt: EpochMs; pack: RulePack }): Draft {
  const { pack, ...times } = at;
  const whole = {
    sale,
    before: undefined,
    entryId: `${sale.entryId}-void`,
    kind: 'void',
    amountFen: saleFen(sale),
    reversedFen: ZERO,
  } as const;
  return reversalDraft(head, { ...whole, ...times }, pack);
}

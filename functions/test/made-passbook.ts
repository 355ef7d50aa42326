import fc from 'fast-check';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import {
  bindAppDraft,
  cancelLossDraft,
  claimDraft,
  openedDraft,
  reportLossDraft,
  revokeAppDraft,
  topUpDraft,
} from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import { decideCharge, fenceDraft, type Sale } from '../domain/charge';
import { type Draft, type Entry, firstEntry, nextEntry } from '../domain/entry';
import type { SchoolKeys } from '../domain/school-keys';
import { chipKey, chipMac } from '../domain/school-keys';
import { voidDraft } from './void-draft';

/** Something that may happen to an account. */
export type Act =
  | { readonly act: 'top-up' | 'charge'; readonly amountFen: number; readonly waitMs: number }
  | { readonly act: 'void' | 'claim' | 'loss' | 'found' | 'bind' | 'revoke' | 'fence'; readonly slot: number; readonly waitMs: number };

const waitMs = fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 40 * 86_400_000 }));
export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ act: fc.constantFrom('top-up', 'charge'), amountFen: fc.integer({ min: 1, max: 3_000 }), waitMs }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constantFrom('void', 'claim', 'loss', 'found', 'bind', 'revoke', 'fence'),
        slot: fc.integer({ min: 0, max: 3 }),
        waitMs,
      }),
    },
  ),
  { maxLength: 25 },
);

interface School {
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
}

const START = Date.UTC(2026, 10, 21, 4);
export const ACCOUNT = 20_260_417;

/** The passbook that the acts make by the product's own rules; what would be refused leaves no entry. */
export function madePassbook({ pack, keys }: School, list: readonly Act[]): readonly Entry[] {
  const at = { recordedAt: START, utcOffsetMinutes: pack.utcOffsetMinutes };
  let head = firstEntry({ schoolId: pack.schoolId, accountNo: ACCOUNT, draft: openedDraft({ occurredAt: START, cardIssue: 1 }), ...at });
  const entries = [head];
  const voided = new Set<string>();
  let now = START;
  for (const [index, act] of list.entries()) {
    now += act.waitMs;
    const draft = draftOf({ pack, keys }, entries, head, { act, now, id: index + 1, voided });
    if (draft === undefined) continue;
    head = nextEntry(head, draft, { recordedAt: now, utcOffsetMinutes: pack.utcOffsetMinutes });
    entries.push(head);
  }
  return entries;
}

function draftOf(
  school: School,
  entries: readonly Entry[],
  head: Entry,
  { act, now, id, voided }: { act: Act; now: number; id: number; voided: Set<string> },
): Draft | undefined {
  const { pack } = school;
  const at = { entryId: `act_${id}`, occurredAt: now };
  switch (act.act) {
    case 'top-up':
      return topUpDraft(
        head,
        { orderNo: `order${id}`, channel: 'alipay', amountFen: fen(act.amountFen), paidAt: now - 500, recordedAt: now - 500 },
        pack,
      );
    case 'charge': {
      const decision = decideCharge(head, tap(school, id, act.amountFen, now), { ...school, recordedAt: now });
      return decision.verdict === 'charge' ? decision.draft : undefined;
    }
    case 'fence':
      return fenceDraft(head, tap(school, id, 100, now), { ...school, recordedAt: now }, 'payment.insufficient-balance');
    case 'void': {
      const sale = entries.find((entry) => entry.kind === 'charge' && !voided.has(entry.entryId));
      if (sale === undefined) return undefined;
      voided.add(sale.entryId);
      return voidDraft(head, sale, { occurredAt: now, recordedAt: now, pack });
    }
    case 'claim':
      return claimDraft(head, { ...at, recordedAt: now }, pack);
    case 'loss':
      return reportLossDraft(head, { ...at, recordedAt: now, keepCodes: act.slot % 2 === 0 });
    case 'found':
      return cancelLossDraft(head, at);
    case 'bind':
      return bindAppDraft(head, { slot: act.slot, ...at });
    case 'revoke':
      return revokeAppDraft(head, { slot: act.slot, ...at });
  }
}

function tap({ pack, keys }: School, sequence: number, amountFen: number, occurredAt: number): Sale {
  const number = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
  const { schoolId } = pack;
  const mac = chipMac(chipKey(keys, number), { schoolId, terminal: 7, sequence, amountFen, counter: sequence });
  const chip = { counter: sequence, mac };
  return {
    body: { schoolId, terminal: 7, sequence, amountFen, occurredAt, kind: 'charge-card', card: number, chip },
    bodyHash: 'c'.repeat(64),
    means: { by: 'card', issue: 1, number, chip },
    merchant: 12,
  };
}

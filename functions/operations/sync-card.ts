import type { CardSyncReply, CardsBodyOf } from '../../shared/api/terminal-cards';
import { toIso } from '../../shared/time';
import { lacksFirstSync, syncedDraft } from '../domain/first-sync';
import { type AppendDeps, changeAccount } from './append-loop';
import { type MachineDeps, type MachineRequest, mustBeServed, placesOf, readCard } from './machine';

export interface SyncCardDeps extends MachineDeps, AppendDeps {}

/**
 * BI-03 个人数据同步: the physical card is on a terminal, of whatever kind, and its balance shows. The first time is an entry, where the pack
 * asks for it; any other time is a look at the balance.
 *
 * Throws AppError: `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced`, `account.closed`, `account.unknown`, `request.busy`.
 */
export async function syncCard(deps: SyncCardDeps, request: MachineRequest<CardsBodyOf<'sync'>>): Promise<CardSyncReply> {
  const { body, pack } = request;
  const { accountNo, issue } = await readCard(deps, request);
  const entry = await changeAccount(deps, {
    account: { schoolId: body.schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => undefined,
    decide(head) {
      mustBeServed(head, issue);
      if (!lacksFirstSync(head.state, pack)) return { answer: head };
      return { write: syncedDraft(head, { occurredAt: body.occurredAt }), answer: (written) => written };
    },
  });
  return { kind: 'sync', ...placesOf(entry), serverTime: toIso(deps.clock(), pack.utcOffsetMinutes) };
}

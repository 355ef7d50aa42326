import type { CardStatementBody, CardStatementReply } from '../../shared/api/terminal-statements';
import { toIso } from '../../shared/time';
import { type CardPasswordDeps, proveCardPassword } from './card-password';
import { type MachineDeps, type MachineRequest, mustBeKiosk, readCard } from './machine';
import { type StatementDeps, statement } from './statement';

export interface CardStatementDeps extends MachineDeps, CardPasswordDeps, Pick<StatementDeps, 'merchantOf' | 'packOf'> {}

/**
 * 持卡人流水查询 (SJ-11, SJ-12): what the app shows of a month, on a machine, by the card and the query password. Asked for with every page: the
 * card may have changed hands in between.
 *
 * Throws AppError: `terminal.wrong-kind`, `claim.password-required`, `claim.pin-unreadable`, `auth.wrong-password`, `auth.locked`,
 * `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced`, `account.closed`, `account.unknown`, `request.busy`.
 */
export async function cardStatement(deps: CardStatementDeps, request: MachineRequest<CardStatementBody>): Promise<CardStatementReply> {
  mustBeKiosk(request);
  const { body, pack } = request;
  const { schoolId, month, cursor, pin } = body;
  const { accountNo, head } = await readCard(deps, request);
  await proveCardPassword(deps, { place: body, pin, accountNo, pack, which: 'query' });
  const page = await statement(deps, { bound: { schoolId, accountNo } }, { month, cursor });
  return { ...page, cardFen: head.state.balances.card, serverTime: toIso(deps.clock(), pack.utcOffsetMinutes) };
}

import type { CardsBody, CardsReply } from '../../shared/api/terminal-cards';
import { type ActivateCardDeps, activateCard } from './activate-card';
import { type ChangeCardPasswordDeps, changeCardPassword } from './change-card-password';
import type { MachineRequest } from './machine';
import { type SyncCardDeps, syncCard } from './sync-card';

export interface CardOnTerminalDeps extends SyncCardDeps, ActivateCardDeps, ChangeCardPasswordDeps {}

/** POST /terminal/cards by its kind. Throws what the acts throw. */
export async function cardOnTerminal(deps: CardOnTerminalDeps, request: MachineRequest<CardsBody>): Promise<CardsReply> {
  const { body, ...rest } = request;
  switch (body.kind) {
    case 'sync':
      return syncCard(deps, { body, ...rest });
    case 'activate':
      return activateCard(deps, { body, ...rest });
    case 'change-password':
      return changeCardPassword(deps, { body, ...rest });
  }
}

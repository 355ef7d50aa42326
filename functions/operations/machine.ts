import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { readCardNumber } from '../domain/card-number';
import { CHARGE_EARLY_MS, CHARGE_LATE_MS } from '../domain/charge-window';
import { cardRefusal } from '../domain/chip-write';
import type { Entry } from '../domain/entry';
import { chipKey, chipMac, type SchoolKeys } from '../domain/school-keys';
import type { Passbook } from '../store/passbook';
import type { TerminalKind } from '../store/terminals';
import type { SaleDeps } from './authorize-payment';

/** A verified request of a kiosk or a cash machine. */
export interface MachineRequest<Body> {
  readonly body: Body;
  /** SHA-256 (hex) of the signed bytes. */
  readonly bodyHash: string;
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
  /** What the card office enrolled the machine as. */
  readonly terminalKind?: TerminalKind | undefined;
}

export interface MachineDeps {
  readonly passbook: Passbook;
  readonly clock: () => EpochMs;
  readonly ownCard: SaleDeps['ownCard'];
}

interface ActName {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
}

export interface CardOnMachine extends ActName {
  readonly card: string;
  readonly chip: { readonly counter: number; readonly mac: string };
}

/** The account that a card names, whoever holds it. Throws AppError `card.unknown`. */
export async function accountOfCard(
  deps: Pick<MachineDeps, 'ownCard'>,
  { schoolId, card }: Pick<CardOnMachine, 'schoolId' | 'card'>,
): Promise<{ readonly accountNo: number; readonly issue: number }> {
  const named = readCardNumber(card) ?? (await deps.ownCard(schoolId, card));
  if (named === undefined) throw new AppError('card.unknown');
  return named;
}

/** Whether the chip of that very card made the code, over the amount. */
export function provesChip(
  keys: SchoolKeys,
  { schoolId, terminal, sequence, card }: ActName & Pick<CardOnMachine, 'card'>,
  chip: CardOnMachine['chip'] | undefined,
  amountFen: number,
): boolean {
  if (chip === undefined) return false;
  const { counter, mac } = chip;
  return chipMac(chipKey(keys, card), { schoolId, terminal, sequence, amountFen, counter }) === mac;
}

/**
 * The account of the card that is on the machine, by the code of its chip, and its newest entry.
 *
 * Throws AppError: `card.unknown`, `card.bad-chip-code`, `account.unknown`, `account.closed`, `card.replaced`, `card.lost`.
 */
export async function readCard(
  deps: MachineDeps,
  { body, keys }: MachineRequest<CardOnMachine>,
): Promise<{ readonly accountNo: number; readonly issue: number; readonly head: Entry }> {
  const named = await accountOfCard(deps, body);
  if (!provesChip(keys, body, body.chip, 0)) throw new AppError('card.bad-chip-code');
  const head = await deps.passbook.head(body.schoolId, named.accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  mustBeServed(head, named.issue);
  return { ...named, head };
}

/** Password, statement and bank are for a machine that stands with its holder. Throws AppError `terminal.wrong-kind`. */
export function mustBeKiosk({ terminalKind }: Pick<MachineRequest<unknown>, 'terminalKind'>): void {
  if (terminalKind !== 'kiosk') throw new AppError('terminal.wrong-kind');
}

/** Throws AppError: `account.closed`, `card.replaced`, `card.lost`. */
export function mustBeServed({ state }: Entry, issue: number): void {
  const refusal = cardRefusal(state, issue);
  if (refusal !== undefined) throw new AppError(refusal);
}

/**
 * A stray sending must not move money after its holder has left. Throws AppError: `terminal.clock` (the machine's clock is ahead),
 * `claim.too-late`.
 */
export function mustBeInTime({ occurredAt }: { readonly occurredAt: EpochMs }, recordedAt: EpochMs): void {
  if (recordedAt < occurredAt - CHARGE_EARLY_MS) throw new AppError('terminal.clock', { serverTime: recordedAt });
  if (recordedAt > occurredAt + CHARGE_LATE_MS) throw new AppError('claim.too-late');
}

/** Of an answer: where the holder's money lies after the entry. */
export function placesOf({ state: { balances } }: Entry) {
  return { cardFen: balances.card, transitFen: balances.transit, chipPendingFen: balances.chipPending };
}

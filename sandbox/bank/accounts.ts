import { newId } from '../../shared/ids';
import type { EpochMs } from '../../shared/time';
import { beijingDigits } from '../lib/beijing';
import { lookup } from '../lib/lookup';
import { randomDigits } from '../lib/random-text';
import type { Surroundings } from '../surroundings';
import { SCHOOL_ACCOUNTS } from './banks';
import { findCard } from './cardholders';
import type { Agreement, BankState, CardRecord, JournalLine, TransferAct } from './state';

/** A card as it is before anybody touched it: 5,000 yuan; at most 1,000 at a time, 5,000 a day, 300 without a code. */
const FRESH = { balanceFen: 500_000, closed: false, singleMaxFen: 100_000, dayMaxFen: 500_000, noCodeMaxFen: 30_000 };
/** A school begins with a million yuan, so that it can pay out before anything has come in. */
const SCHOOL_BEGINS_WITH = 100_000_000;

/** The card's record, made at first touch; undefined for a number that is no card. */
export function cardRecord(state: BankState, cardNumber: string): CardRecord | undefined {
  const record = lookup(state.cards, cardNumber);
  if (record !== undefined) return record;
  const card = findCard(cardNumber);
  if (card === undefined) return undefined;
  const fresh = { ...FRESH, mobile: card.customer.mobile };
  state.cards[cardNumber] = fresh;
  return fresh;
}

export function schoolBalance(state: BankState, school: string): number {
  return lookup(state.accounts, school) ?? SCHOOL_BEGINS_WITH;
}

export function maskedMobile(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
}

/** Beijing day "20261121". */
function dayOf(at: EpochMs): string {
  return beijingDigits(at).slice(0, 8);
}

/** What may still be debited from the card today, at most in one go. */
export function debitRoom(state: BankState, cardNumber: string, at: EpochMs): number {
  const record = cardRecord(state, cardNumber);
  if (record === undefined) return 0;
  const spent = Object.values(state.acts)
    .filter((act): act is TransferAct => act.kind === 'debit' && (act.state === 'succeeded' || act.state === 'pending'))
    .filter((act) => lookup(state.agreements, act.agreementRef)?.cardNumber === cardNumber)
    .filter((act) => dayOf(act.endedAt ?? act.createdAt) === dayOf(at))
    .reduce((sum, act) => sum + act.amountFen, 0);
  return Math.max(Math.min(record.singleMaxFen, record.dayMaxFen - spent), 0);
}

/** Moves the money of a transfer between card and school, or says why not. Nothing moves then. */
export function moveMoney(parts: Surroundings, act: TransferAct, agreement: Agreement, at: EpochMs): string | undefined {
  const { bank: state } = parts.state;
  const record = cardRecord(state, agreement.cardNumber);
  if (record === undefined || record.closed) return 'card-closed';
  const isDebit = act.kind === 'debit';
  const balance = schoolBalance(state, act.school);
  if (isDebit && record.balanceFen < act.amountFen) return 'insufficient-funds';
  if (!isDebit && balance < act.amountFen) return 'payer-insufficient-funds';
  record.balanceFen += isDebit ? -act.amountFen : act.amountFen;
  act.tradeNo = `${act.bank}${beijingDigits(at)}${randomDigits(parts.randomBytes, 8)}`;
  const customer = findCard(agreement.cardNumber)?.customer;
  writeLine(parts, {
    serial: act.tradeNo,
    at,
    school: act.school,
    direction: isDebit ? 'in' : 'out',
    amountFen: act.amountFen,
    kind: act.kind,
    reference: act.requestNo,
    counterparty: `${customer?.name.slice(0, 1) ?? ''}* ${agreement.cardNumber.slice(-4)}`,
    note: act.description,
  });
  return undefined;
}

/** Money that came from elsewhere: a platform's settlement net of its fee, cash paid in. */
export function addArrival(
  parts: Surroundings,
  arrival: { school: string; amountFen: number; payer: string; reference: string; kind: 'settlement' | 'other'; at?: EpochMs | undefined },
): JournalLine | undefined {
  const at = arrival.at ?? parts.clock();
  if (!Object.hasOwn(SCHOOL_ACCOUNTS, arrival.school)) return undefined;
  const { school, amountFen, kind, reference, payer } = arrival;
  const serial = newId('arr', at, parts.randomBytes);
  return writeLine(parts, { serial, at, school, direction: 'in', amountFen, kind, reference, counterparty: payer, note: '' });
}

function writeLine(parts: Surroundings, line: Omit<JournalLine, 'bank'>): JournalLine {
  const { bank: state } = parts.state;
  const account = SCHOOL_ACCOUNTS[line.school];
  if (account === undefined) throw new Error(`no bank keeps an account for ${line.school}`);
  state.accounts[line.school] = schoolBalance(state, line.school) + (line.direction === 'in' ? line.amountFen : -line.amountFen);
  const written = { ...line, bank: account.bank };
  state.journal.push(written);
  parts.changed();
  parts.events.publish('bank', 'bank.moved', line.reference, { school: line.school, direction: line.direction, amountFen: line.amountFen });
  return written;
}

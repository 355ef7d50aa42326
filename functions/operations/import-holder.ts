import { isCitizenId, maskCitizenId } from '../../shared/citizen-id';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { openedDraft } from '../domain/account-changes';
import { cardIssuedDraft } from '../domain/card-issue';
import { type Entry, firstEntry, nextEntry, recordingTime } from '../domain/entry';
import { groupChangedDraft, groupOfKind, withGroup } from '../domain/holder-group';
import { type RosterError, type RosterRow, rosterError } from '../domain/roster-csv';
import type { Clock } from '../lib/clock';
import type { FieldCipher, FieldPlace } from '../lib/field-cipher';
import type { Cards } from '../store/cards';
import type { Holder, Holders } from '../store/holders';
import type { Passbook } from '../store/passbook';
import type { Purses } from '../store/purses';
import type { TableWrite } from '../store/table';
import { returnPurse } from './return-purse';

export interface HolderDeps {
  readonly passbook: Passbook;
  readonly holders: Holders;
  readonly cards: Cards;
  readonly purses: Purses;
  readonly cipher: FieldCipher;
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
}

export type RowOutcome =
  | { readonly outcome: 'opened' | 'changed' | 'unchanged' }
  | { readonly outcome: 'refused'; readonly error: RosterError };

const TRIES = 40;

/** What opens an account: entry 1 of its passbook, and the rows that lead to it (the card's first, if there is one). */
export interface Opening {
  readonly entry: Entry;
  readonly rows: readonly TableWrite[];
}

export function openingOf(deps: HolderDeps, pack: RulePack, row: RosterRow, accountNo: number): Opening {
  const { schoolId, utcOffsetMinutes } = pack;
  const now = deps.clock();
  const entry = firstEntry({
    schoolId,
    accountNo,
    draft: openedDraft({ occurredAt: now, cardIssue: 1, ...groupOfKind(row.kind) }),
    recordedAt: now,
    utcOffsetMinutes,
  });
  const card = row.cardNumber === '' ? [] : [deps.cards.newRow(schoolId, row.cardNumber, { accountNo, issue: 1 })];
  return { entry, rows: [...card, ...deps.holders.newRows(newHolder(deps, schoolId, accountNo, row))] };
}

/** One account, all or nothing. 'number-known': somebody else was first with this number. Throws AppError `request.busy`. */
export async function openAccount(
  deps: HolderDeps,
  pack: RulePack,
  row: RosterRow,
  accountNo: number,
): Promise<RowOutcome | 'number-known'> {
  const { schoolId } = pack;
  const opening = openingOf(deps, pack, row, accountNo);
  const result = await deps.passbook.appendWith(opening.entry, opening.rows);
  if (result.written) return { outcome: 'opened' };
  const owner = await deps.holders.accountOf(schoolId, row.number);
  // Ours: it was written, the answer was lost, and a retry found it.
  if (owner === accountNo) return { outcome: 'opened' };
  if (owner !== undefined) return 'number-known';
  // Nothing stands there: another transaction was only under way.
  if (result.found === undefined) throw new AppError('request.busy');
  // The passbook's own key cannot be taken, for its number was leased; so it is the card's.
  if (row.cardNumber !== '' && result.failed === 1) return refused(row, 'card-taken');
  throw new Error(`account ${accountNo} of ${schoolId} exists although its number was just leased`);
}

function newHolder({ cipher, holders }: HolderDeps, schoolId: string, accountNo: number, row: RosterRow): Holder {
  const citizenId = isCitizenId(row.number)
    ? { sealed: seal(cipher, { schoolId, accountNo, field: 'citizenId' }, row.number), masked: maskCitizenId(row.number) }
    : undefined;
  return {
    schoolId,
    accountNo,
    number: holders.tokenOf(schoolId, row.number),
    ...(citizenId === undefined ? {} : { citizenId }),
    name: row.name,
    kind: row.kind,
    idTail: seal(cipher, { schoolId, accountNo, field: 'idTail' }, row.idTail),
    mobile: seal(cipher, { schoolId, accountNo, field: 'mobile' }, row.mobile),
    ...(row.email === undefined ? {} : { email: cipher.seal({ schoolId, accountNo, field: 'email' }, row.email) }),
    cardNumbers: row.cardNumber === '' ? [] : [row.cardNumber],
    passwordHash: null,
    passwordChangedAt: null,
    provenAt: null,
    links: {},
    version: 1,
  };
}

/** Brings the facts of a known holder up to date. Throws AppError `request.busy` when others keep changing the same holder. */
export async function changeHolder(deps: HolderDeps, pack: RulePack, row: RosterRow, accountNo: number): Promise<RowOutcome> {
  const { schoolId } = pack;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const holder = await deps.holders.find(schoolId, accountNo);
    if (holder === undefined) throw new Error(`account ${accountNo} of ${schoolId} has a number and no holder`);
    const changed = withFacts(deps.cipher, holder, row);
    if (await isNewCard(deps, holder, row.cardNumber)) {
      // A card that was replaced does not come back to life by a list.
      if (holder.cardNumbers.includes(row.cardNumber)) return refused(row, 'card-replaced');
      const issued = await issueCard(deps, pack, { ...changed, cardNumbers: [...holder.cardNumbers, row.cardNumber] }, row.cardNumber);
      if (issued === 'card-taken') return refused(row, 'card-taken');
      if (issued === 'issued') {
        // Where this is cut, the new card's first use of its own purse does it.
        await returnPurse(deps, { schoolId, accountNo }, pack);
        return { outcome: 'changed' };
      }
      continue;
    }
    const regrouped = await changeGroup(deps, pack, holder, changed);
    if (regrouped === 'changed') return { outcome: 'changed' };
    if (regrouped === 'try again') continue;
    if (changed === holder) return { outcome: 'unchanged' };
    if (await deps.holders.save(changed)) return { outcome: 'changed' };
  }
  throw new AppError('request.busy');
}

/** The holder itself when the list says nothing new. What the list leaves empty stays. */
function withFacts(cipher: FieldCipher, holder: Holder, row: RosterRow): Holder {
  const { schoolId, accountNo } = holder;
  const sealedUnless = (field: 'idTail' | 'mobile' | 'email', value: string): string => {
    const place = { schoolId, accountNo, field };
    const stored = holder[field] ?? '';
    if (value === '' || (stored !== '' && cipher.open(place, stored) === value)) return stored;
    return cipher.seal(place, value);
  };
  const idTail = sealedUnless('idTail', row.idTail);
  const mobile = sealedUnless('mobile', row.mobile);
  const email = sealedUnless('email', row.email ?? '');
  const isSameData = holder.idTail === idTail && holder.mobile === mobile && (holder.email ?? '') === email;
  if (holder.name === row.name && holder.kind === row.kind && isSameData) return holder;
  return { ...holder, name: row.name, kind: row.kind, idTail, mobile, ...(email === '' ? {} : { email }) };
}

/** Whether the list names a card that is not the active one: the newest that a list gave, or an earlier one that its holder put back into use. */
async function isNewCard(deps: HolderDeps, { schoolId, accountNo, cardNumbers }: Holder, cardNumber: string): Promise<boolean> {
  if (cardNumber === '' || cardNumbers.at(-1) === cardNumber) return false;
  if (!cardNumbers.includes(cardNumber)) return true;
  const [card, head] = await Promise.all([deps.cards.find(schoolId, cardNumber), deps.passbook.head(schoolId, accountNo)]);
  return card === undefined || card.issue !== head?.state.cardIssue;
}

/**
 * Brings the passbook's word of who the holder is to the roster's, with the holder's row in one transaction. Who is a student now and was one
 * before costs no read; of all others the passbook is asked, so that accounts from before groups were kept are mended by the next list.
 */
async function changeGroup(deps: HolderDeps, pack: RulePack, holder: Holder, changed: Holder): Promise<'same' | 'changed' | 'try again'> {
  if (holder.kind === 'student' && changed.kind === 'student') return 'same';
  const { schoolId, accountNo } = holder;
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new Error(`account ${accountNo} of ${schoolId} has no passbook`);
  const now = deps.clock();
  const draft = groupChangedDraft(head, changed.kind, { occurredAt: now });
  if (draft === undefined) return 'same';
  const entry = nextEntry(head, draft, { recordedAt: recordingTime(head, now), utcOffsetMinutes: pack.utcOffsetMinutes });
  const rows = changed === holder ? [] : [deps.holders.changedRow(changed)];
  return (await deps.passbook.appendWith(entry, rows)).written ? 'changed' : 'try again';
}

/** The entry that makes the new card the active one, the card's row and the holder's, all or nothing. */
async function issueCard(
  deps: HolderDeps,
  pack: RulePack,
  holder: Holder,
  cardNumber: string,
): Promise<'issued' | 'card-taken' | 'try again'> {
  const { schoolId, accountNo } = holder;
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new Error(`account ${accountNo} of ${schoolId} has no passbook`);
  const now = deps.clock();
  const issued = cardIssuedDraft(head, { occurredAt: now });
  const draft = { ...issued, state: withGroup(issued.state, holder.kind) };
  const entry = nextEntry(head, draft, { recordedAt: recordingTime(head, now), utcOffsetMinutes: pack.utcOffsetMinutes });
  const card = deps.cards.newRow(schoolId, cardNumber, { accountNo, issue: entry.state.cardIssue });
  const result = await deps.passbook.appendWith(entry, [card, deps.holders.changedRow(holder)]);
  if (result.written) return 'issued';
  const owner = await deps.cards.find(schoolId, cardNumber);
  return owner !== undefined && owner.accountNo !== accountNo ? 'card-taken' : 'try again';
}

function seal(cipher: FieldCipher, place: FieldPlace, value: string): string {
  return value === '' ? '' : cipher.seal(place, value);
}

function refused(row: RosterRow, code: 'card-taken' | 'card-replaced'): RowOutcome {
  return { outcome: 'refused', error: rosterError(row.line, 'cardNumber', code) };
}

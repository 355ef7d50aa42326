import type { EntryDetailReply } from '../../../../../shared/api/records';
import type { Fen } from '../../../../../shared/money';
import type { Bilingual } from '../../../../../shared/rule-pack';
import { clockText, dayOf } from '../../../lib/dates';
import { movesMoney } from '../../../lib/entry-text';
import { signed, yuan } from '../../../lib/money-text';
import type { Words } from '../i18n/words';
import { fundText, kindText } from './entry-words';

export interface ReceiptRow {
  /** What the element is called. */
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  /** What is copied, where the holder may need it elsewhere. */
  readonly copy?: string;
  /** Left out of what is shared: nobody else needs the balance. */
  readonly own?: true;
}

/** "2026-11-21 12:08:17": a receipt is read years later. */
function instant(iso: string, utcOffsetMinutes: number): string {
  return `${dayOf(iso, utcOffsetMinutes)} ${clockText(iso, utcOffsetMinutes)}`;
}

function terminalText({ terminal }: EntryDetailReply, { w }: Words): string {
  if (terminal === null) return '';
  const { name, number } = terminal;
  if (name === null) return w('entry.terminal-only', { number });
  // Most schools write the number into the name.
  return name.includes(String(number)) ? name : w('entry.terminal-no', { name, number });
}

/** `+12.50` or `−12.50` of each place, where more than one changed or it says more than the amount. */
function partsText({ parts }: EntryDetailReply, { w }: Words): string {
  return parts.map(({ place, amountFen }) => `${w(`place.${place}`)} ${signed(amountFen)}`).join('\n');
}

/** Everything that a receipt says, in the order in which it is read; what there is nothing to say of is left out. */
export function receiptRows(detail: EntryDetailReply, words: Words, utcOffsetMinutes: number): ReceiptRow[] {
  const { entry } = detail;
  const { w, b } = words;
  const money = movesMoney(entry);
  const touchedWallet = detail.parts.some(({ place }) => place === 'wallet');
  const rows: (ReceiptRow | false)[] = [
    { id: 'kind', label: w('entry.kind'), value: kindText(entry.kind, words) },
    { id: 'merchant', label: w('entry.merchant'), value: entry.merchant === null ? '' : b(entry.merchant) },
    { id: 'fund', label: w('entry.fund'), value: fundText(entry, words) },
    { id: 'parts', label: w('entry.parts'), value: partsText(detail, words), own: true },
    money && { id: 'running', label: w('entry.running'), value: yuan(entry.runningFen), hint: w('entry.running-hint'), own: true },
    touchedWallet && { id: 'wallet', label: w('entry.wallet-after'), value: yuan(entry.balances.walletFen), own: true },
    { id: 'owed', label: w('entry.owed-part'), value: entry.owedFen === undefined ? '' : yuan(entry.owedFen), own: true },
    { id: 'terminal', label: w('entry.terminal'), value: terminalText(detail, words) },
    { id: 'place', label: w('entry.place'), value: detail.terminal?.place ?? '' },
    { id: 'occurred', label: w('entry.occurred'), value: instant(entry.occurredAt, utcOffsetMinutes) },
    {
      id: 'recorded',
      label: w('entry.recorded'),
      value: instant(entry.recordedAt, utcOffsetMinutes),
      ...(detail.late ? { hint: w('entry.late') } : {}),
    },
    { id: 'reason', label: w('entry.reason'), value: detail.reason === null ? '' : b(detail.reason) },
    { id: 'order', label: w('entry.order'), value: entry.orderNo ?? '', copy: entry.orderNo ?? '' },
    { id: 'n', label: w('entry.n'), value: w('entry.n-value', { n: entry.n }) },
    // A top-up's entry has the order's own number.
    entry.entryId !== entry.orderNo && { id: 'id', label: w('entry.id'), value: entry.entryId, copy: entry.entryId },
    { id: 'hash', label: w('entry.hash'), value: hashText(detail.hash), copy: detail.hash },
  ];
  return rows.filter((row): row is ReceiptRow => row !== false && row.value !== '');
}

/** The first and last digits of a hash, in groups of four: enough to compare by eye. */
export function hashText(hash: string): string {
  return `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-8, -4)} ${hash.slice(-4)}`;
}

/** What is sent to somebody else: no balance, no name; the whole hash, so that it can be checked. */
export function receiptText(
  detail: EntryDetailReply,
  words: Words,
  school: { readonly name: Bilingual; readonly utcOffsetMinutes: number },
): string {
  const { w, b } = words;
  const line = (label: string, value: string) => w('receipt.line', { label, value });
  const amount: Fen = detail.entry.amountFen;
  return [
    w('receipt.title', { school: b(school.name) }),
    ...(movesMoney(detail.entry) ? [line(w('receipt.amount'), signed(amount))] : []),
    ...receiptRows(detail, words, school.utcOffsetMinutes)
      .filter(({ own }) => own !== true)
      .map(({ id, label, value }) => line(label, id === 'hash' ? detail.hash : value)),
  ].join('\n');
}

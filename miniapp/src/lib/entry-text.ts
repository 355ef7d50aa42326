import type { EntryView } from '../../../shared/api/common';
import type { Text } from '../i18n/text';
import { yuan } from './money-text';

type Words = Pick<Text, 't' | 'b'>;

/** What the student reads first: the merchant for a purchase, the deed for everything else. */
export function entryTitle(entry: EntryView, { t, b }: Words): string {
  if (entry.kind === 'charge' || entry.kind === 'native-charge') return entry.merchant === null ? t('entry.charge') : b(entry.merchant);
  const what = t(`entry.${entry.kind}`);
  return entry.merchant === null ? what : t('entry.of', { what, who: b(entry.merchant) });
}

/** Loss reports, bindings and fences are part of the passbook but move no money. */
export function movesMoney(entry: EntryView): boolean {
  return entry.amountFen !== 0;
}

/** The small print: from where, what was claimed with it, what is left. */
export function entryDetail(entry: EntryView, { t }: Words, running: boolean): string[] {
  const parts: string[] = [];
  if (entry.channel !== null) parts.push(t(`channel.${entry.channel}`));
  else if (entry.fundedFrom !== null) parts.push(t(`fund.${entry.fundedFrom}`));
  if (entry.claimedFen > 0) parts.push(t('entry.claimed', { amount: yuan(entry.claimedFen) }));
  if (entry.owedFen !== undefined) parts.push(t('entry.owed', { amount: yuan(entry.owedFen) }));
  if (PURSE.has(entry.kind)) parts.push(t('entry.purse-now', { amount: yuan(entry.balances.purseFen) }));
  if (running && movesMoney(entry)) parts.push(t('entry.running', { amount: yuan(entry.runningFen) }));
  return parts;
}

/** They move money between the card and the purse: what is in the purse then is what a holder wants to know. */
const PURSE: ReadonlySet<EntryView['kind']> = new Set(['purse-loaded', 'purse-settled', 'purse-returned']);

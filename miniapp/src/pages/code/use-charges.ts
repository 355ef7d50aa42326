import { useRef, useState } from 'react';
import type { EntryView } from '../../../../shared/api/common';
import { asFailure } from '../../api/failure';
import { instantMs } from '../../lib/dates';
import { startAt } from '../../lib/go';
import { changeAccount, loseHolder, serverNow, setApp, useApp } from '../../state/app-state';
import { api, learnClock, loadAccount } from '../../state/services';
import { usePolling } from '../../state/use-ticker';

const POLL_MS = 1_000;
/** Only what happened while the screen was open, or just before, is news. */
const NEWS_MS = 5_000;

/**
 * Asks each second what was written in the passbook after what the phone knows, so that a charge shows within two
 * seconds. Without network it goes on asking, and the code goes on working.
 */
export function useCharges(active: boolean, onCharge: (entry: EntryView) => void) {
  const [offline, setOffline] = useState(false);
  const openedAt = useRef(serverNow());
  const report = useRef(onCharge);
  report.current = onCharge;

  usePolling(async () => {
    const { account } = useApp.getState();
    try {
      if (account === null) {
        await loadAccount();
        return POLL_MS;
      }
      const askedAt = Date.now();
      const reply = await api.entriesAfter(account.lastEntryN);
      learnClock(askedAt, reply.asOf);
      setOffline(false);
      await take(reply.entries, reply.lastEntryN, reply.asOf);
    } catch (reason) {
      const failure = asFailure(reason);
      if (failure.code === 'auth.bind-required') {
        loseHolder();
        startAt('schools');
        return undefined;
      }
      if (failure.kind === 'leaving') return undefined;
      setOffline(failure.kind === 'offline' || failure.kind === 'unreadable');
    }
    return POLL_MS;
  }, active);

  const take = async (entries: readonly EntryView[], lastEntryN: number, asOf: string) => {
    const { account } = useApp.getState();
    const last = entries[entries.length - 1];
    if (account === null || last === undefined) return;
    changeAccount({
      balances: last.balances,
      lastEntryN: Math.min(lastEntryN, last.n),
      asOf,
      recent: [...entries].reverse().concat(account.recent).slice(0, 10),
    });
    setApp({ accountIsLive: true });
    for (const entry of entries) {
      if (entry.kind === 'charge' && instantMs(entry.recordedAt) > openedAt.current - NEWS_MS) report.current(entry);
    }
    // Loss, its end and bindings change more than a balance.
    if (entries.some((entry) => entry.kind.startsWith('loss') || entry.kind.startsWith('app'))) await loadAccount();
  };

  return { offline };
}

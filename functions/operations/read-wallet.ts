import type { WalletEntriesReply, WalletReply } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { entryView } from '../domain/entry-view';
import { walletHeld } from '../domain/hold';
import { touchesWallet, walletChange, withdrawableFen } from '../domain/wallet';
import { cardView } from './bind-bank-card';
import type { HolderCaller } from './caller';
import { infoStatus } from './customer-info';
import { merchantNames } from './merchant-names';
import type { WalletDeps } from './wallet-deps';

/** The wallet's page (DL-12, DL-18…DL-23). Throws AppError `wallet.not-offered`, `account.unknown`. */
export async function readWallet(deps: WalletDeps, { bound }: HolderCaller): Promise<WalletReply> {
  const { schoolId, accountNo } = bound;
  const asOf = deps.clock();
  const [pack, head, card, info] = await Promise.all([
    deps.packOf(schoolId),
    deps.passbook.head(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
    deps.customerInfos.find(schoolId, accountNo),
  ]);
  if (!pack.wallet.offered) throw new AppError('wallet.not-offered');
  if (head === undefined) throw new AppError('account.unknown');
  return {
    open: head.state.walletOpen,
    walletFen: head.state.balances.wallet,
    heldFen: walletHeld(head.state, asOf),
    withdrawableFen: withdrawableFen(head.state, asOf),
    card: cardView(card, pack),
    customerInfo: infoStatus(info, asOf, pack),
    asOf: toIso(asOf, pack.utcOffsetMinutes),
  };
}

const PAGE = 30;
const WINDOW = 100;
/** Entries looked through for one page; the cursor goes on from there. */
const MAX_WINDOWS = 10;

/**
 * 交易明细 of the wallet (DL-21), newest first, at most 30 a page. A page may be short, or empty, while there is more: where months lie between
 * two uses of the wallet. Throws AppError `wallet.not-offered`, `account.unknown`.
 */
export async function walletEntries(
  deps: WalletDeps,
  { bound }: HolderCaller,
  { cursor }: { readonly cursor?: string | undefined },
): Promise<WalletEntriesReply> {
  const { schoolId, accountNo } = bound;
  const [pack, head] = await Promise.all([deps.packOf(schoolId), deps.passbook.head(schoolId, accountNo)]);
  if (!pack.wallet.offered) throw new AppError('wallet.not-offered');
  if (head === undefined) throw new AppError('account.unknown');
  const shown: Entry[] = [];
  let to = cursor === undefined ? head.n : Math.min(Number(cursor), head.n);
  for (let windows = 0; windows < MAX_WINDOWS && to >= 1 && shown.length < PAGE; windows += 1) {
    const { entries } = await deps.passbook.entries(schoolId, accountNo, { from: Math.max(1, to - WINDOW + 1), to, limit: WINDOW });
    for (const entry of entries) {
      if (shown.length === PAGE) break;
      to = entry.n - 1;
      if (touchesWallet(entry)) shown.push(entry);
    }
  }
  const context = { utcOffsetMinutes: pack.utcOffsetMinutes, merchants: await merchantNames(deps, schoolId, shown) };
  return {
    entries: shown.map((entry) => ({ ...entryView(entry, context), walletFen: walletChange(entry) })),
    nextCursor: to >= 1 ? String(to) : null,
  };
}

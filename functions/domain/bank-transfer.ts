import { AppError } from '../../shared/errors';
import { type Fen, fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { orderNumber } from './order-number';
import { topUpAmount } from './top-up-amount';

/** The "app" of orders that a bank card pays: there is none. */
export const BANK_APP = 'bank';

type BankChannel = RulePack['topUp']['channels'][number];

/**
 * The channel by which the bound bank card tops up what is wished for: the wallet (钱包充值), or the card (ST-31, SJ-08).
 * @throws AppError top-up.channel-not-offered
 */
export function bankChannel(pack: RulePack, target: 'card' | 'wallet'): BankChannel {
  const found = pack.topUp.channels.find((channel) => channel.id === 'bank-card' && channel.target === target && channel.enabled);
  if (found === undefined || pack.bank === undefined) throw new AppError('top-up.channel-not-offered', { channel: 'bank-card' });
  return found;
}

/** 卡片充值 from the wallet. @throws AppError top-up.channel-not-offered */
export function walletChannel(pack: RulePack): BankChannel {
  const found = pack.topUp.channels.find((channel) => channel.id === 'wallet' && channel.target === 'card' && channel.enabled);
  if (found === undefined || !pack.wallet.offered) throw new AppError('top-up.channel-not-offered', { channel: 'wallet' });
  return found;
}

/** What the bank is asked for and what of it is the handling fee (管理费, ST-34), rounded half up. */
export interface BankDebit {
  readonly debitFen: Fen;
  readonly feeFen: Fen;
}

/**
 * A transfer of `amountFen` from the bank card: the fee comes on top, so that the new balance is the one that was previewed (ST-35).
 * @throws AppError bank.over-limit (detail.maxFen)
 */
export function bankDebit(pack: RulePack, amountFen: Fen): BankDebit {
  const { feeBasisPoints = 0, perTransferMaxFen } = pack.bank ?? {};
  const feeFen = fen(Math.floor((amountFen * feeBasisPoints + 5_000) / 10_000));
  const debitFen = fen(amountFen + feeFen);
  if (perTransferMaxFen !== undefined && amountFen > perTransferMaxFen)
    throw new AppError('bank.over-limit', { maxFen: perTransferMaxFen });
  return { debitFen, feeFen };
}

/**
 * An amount from the wire for a top-up by bank card: single limits of the school, of its channel and of its bank (DL-36).
 * @throws AppError top-up.amount-invalid, top-up.over-cap, bank.over-limit
 */
export function bankTopUpAmount(value: unknown, pack: RulePack, channel: BankChannel): Fen {
  const amountFen = topUpAmount(value, pack, channel);
  bankDebit(pack, amountFen);
  return amountFen;
}

/** What waits or lies on the card may not pass what the school lets a card hold. @throws AppError top-up.over-max-balance */
export function refuseAboveMaxBalance(pack: RulePack, onCardFen: Fen, amountFen: Fen): void {
  const { maxBalanceFen } = pack.limits;
  if (maxBalanceFen !== undefined && onCardFen + amountFen > maxBalanceFen)
    throw new AppError('top-up.over-max-balance', { maxFen: maxBalanceFen });
}

/** Numbers of what is asked of the bank, each from who asked and the phone's request id: a repeat finds what it made. */
export function bankRequestNo(
  act: 'bind' | 'top-up' | 'from-wallet' | 'shortfall' | 'withdraw' | 'unionpay',
  wish: { readonly schoolId: string; readonly accountNo: number; readonly requestId: string },
): string {
  return orderNumber({ ...wish, requestId: `${act}|${wish.requestId}` });
}

/** The number of the debit for a sale's hold. */
export function holdOrderNo({
  schoolId,
  accountNo,
  holdN,
}: {
  readonly schoolId: string;
  readonly accountNo: number;
  readonly holdN: number;
}): string {
  return orderNumber({ schoolId, accountNo, requestId: `hold|${holdN}` });
}

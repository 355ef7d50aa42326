import { AppError } from '../../shared/errors';
import { type Fen, fen, ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import type { AccountState } from './account-state';
import type { PlatformChannel } from './order';
import { spendable } from './posting';

/** What the platforms take in one payment at most; a school that states no cap still has this one. */
const PLATFORM_MAX_FEN = fen(5_000_000);

type PackChannel = RulePack['topUp']['channels'][number];

/**
 * The channel of the pack that tops the card up.
 * @throws AppError top-up.channel-not-offered
 */
export function offeredChannel(pack: RulePack, id: string): PackChannel & { readonly id: PlatformChannel } {
  for (const channel of pack.topUp.channels) {
    if (channel.id !== id || channel.target !== 'card' || !channel.enabled) continue;
    if (channel.id === 'wechat-pay' || channel.id === 'alipay') return { ...channel, id: channel.id };
  }
  throw new AppError('top-up.channel-not-offered', { channel: id });
}

/**
 * An amount from the wire, in fen, within what the school lets one top-up be (BI-10: ¥999; DL-36: ¥200).
 * @throws AppError top-up.amount-invalid (not a JSON integer above zero, below the pack's least amount, or not one of
 * the presets where nothing else may be chosen), top-up.over-cap with `maxFen`
 */
export function topUpAmount(value: unknown, pack: RulePack, channel: { readonly maxFen?: Fen | undefined }): Fen {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw new AppError('top-up.amount-invalid');
  const { minFen, maxFen, freeAmount, presetsFen } = pack.topUp;
  const cap = Math.min(maxFen ?? PLATFORM_MAX_FEN, channel.maxFen ?? PLATFORM_MAX_FEN, PLATFORM_MAX_FEN);
  if (value > cap) throw new AppError('top-up.over-cap', { maxFen: cap });
  if (value < minFen) throw new AppError('top-up.amount-invalid', { minFen });
  const amountFen = fen(value);
  if (!freeAmount && !presetsFen.includes(amountFen)) throw new AppError('top-up.amount-invalid');
  return amountFen;
}

/**
 * What may still be put on the card under the pack's maximum balance, which counts the card and what waits for it; undefined where the
 * school states none. Asked when an order is made, never when money has come: what was paid is credited all the same.
 */
export function cardRoom(state: AccountState, pack: Pick<RulePack, 'limits'>): Fen | undefined {
  const { maxBalanceFen } = pack.limits;
  if (maxBalanceFen === undefined) return undefined;
  const room = maxBalanceFen - spendable(state);
  return room > 0 ? fen(room) : ZERO;
}

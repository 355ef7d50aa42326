import type { AutoTopUpReply, StartAutoTopUpReply } from '../../shared/api/auto-top-up';
import { AppError } from '../../shared/errors';
import { ZERO } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { type EpochMs, toIso } from '../../shared/time';
import { type AutoTopUp, autoSettings, usedInMonth } from '../domain/auto-top-up';
import type { TopUpChannel } from '../domain/order';
import { orderNumber } from '../domain/order-number';
import type { Clock } from '../lib/clock';
import type { DeductPlatform, PaymentPlatformName } from '../platforms/contract';
import type { AutoTopUps } from '../store/auto-top-ups';
import type { Holders } from '../store/holders';
import type { Orders } from '../store/orders';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { settled } from './top-up-if-low';

export interface AutoTopUpDeps {
  readonly autoTopUps: AutoTopUps;
  readonly orders: Orders;
  readonly holders: Pick<Holders, 'find'>;
  readonly deducts: Readonly<Partial<Record<TopUpChannel, DeductPlatform>>>;
  readonly notifyUrls: Readonly<Record<PaymentPlatformName, string>>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly clock: Clock;
  readonly backOff: (tries: number) => Promise<void>;
}

export interface AutoWish {
  /** As they came from the wire. */
  readonly thresholdFen: unknown;
  readonly amountFen: unknown;
  readonly monthlyCapFen: unknown;
}

const MAX_TRIES = 20;
/** The platforms' pages of consent open in their own mini-programs only. */
const CHANNEL_OF: Readonly<Partial<Record<string, PaymentPlatformName>>> = { 'wechat-mini': 'wechat-pay', 'alipay-mini': 'alipay' };

/** What the school offers and what the holder has agreed to, with the outcome of the last order. Throws AppError `school.unknown`. */
export async function readAutoTopUp(deps: AutoTopUpDeps, { bound }: HolderCaller): Promise<AutoTopUpReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const read = await deps.autoTopUps.find(schoolId, accountNo);
  if (read === undefined) return render(undefined, pack, deps.clock());
  const auto = await settled(deps, read);
  // A lost race only means that the next look writes it.
  if (auto !== read) await deps.autoTopUps.save(auto);
  return render(auto, pack, deps.clock());
}

/**
 * Asks the holder's consent: the permission is recorded, then the platform gives what opens its page. A repeat before the consent is the same
 * contract with the settings of now.
 *
 * Throws AppError: `auto-top-up.not-offered`, `top-up.not-here` (not in a mini-program), `auto-top-up.already-signed`,
 * `top-up.amount-invalid`, `top-up.over-cap`, `deduct.platform-refused`, `deduct.platform-unavailable`, `account.unknown`, `school.unknown`,
 * `request.malformed`, `request.busy`.
 */
export async function startAutoTopUp(deps: AutoTopUpDeps, caller: HolderCaller, wish: AutoWish): Promise<StartAutoTopUpReply> {
  const { schoolId, accountNo } = caller.bound;
  const { platform, appId, openid: payerOpenId } = caller.identity;
  const pack = await deps.packOf(schoolId);
  const settings = autoSettings(pack, wish);
  const channel = CHANNEL_OF[platform];
  if (channel === undefined) throw new AppError('top-up.not-here', { platform });
  const deduct = deps.deducts[channel];
  if (deduct === undefined || pack.topUp.auto?.channels.includes(channel) !== true)
    throw new AppError('auto-top-up.not-offered', { channel });
  const { number } = await readHolder(deps, caller);
  const auto = await change(deps, { schoolId, accountNo }, (old) => {
    if (old?.state === 'signed') throw new AppError('auto-top-up.already-signed');
    const isSame = old?.state === 'asked' && old.channel === channel && old.appId === appId && old.payerOpenId === payerOpenId;
    if (isSame) return { ...old, ...settings };
    const contracts = (old?.contracts ?? 0) + 1;
    const contractNo = orderNumber({ schoolId, accountNo, requestId: `contract\n${contracts}` });
    return {
      ...{ schoolId, accountNo, contractNo, channel, appId, payerOpenId, number, ...settings, contracts },
      ...{ state: 'asked', isOn: true, askedAt: deps.clock(), failures: 0, pausedUntil: 0 },
      // What was asked for under an older contract counts on.
      ...{ month: old?.month ?? '', monthFen: old?.monthFen ?? ZERO, orders: old?.orders ?? 0, version: old?.version ?? 0 },
      ...(old?.openOrderNo === undefined ? {} : { openOrderNo: old.openOrderNo }),
    };
  });
  const { contractNo, amountFen } = auto;
  const contract = { schoolId, contractNo, appId, payerOpenId, number, perDeductionMaxFen: amountFen, notifyUrl: deps.notifyUrls[channel] };
  const { signParams } = await deduct.startContract(contract);
  return { ...render(auto, pack, deps.clock()), signParams };
}

/**
 * The phone is back from the platform's page: what the platform itself says counts. Also tells of an agreement that was ended there.
 *
 * Throws AppError: `auto-top-up.not-signed` (nothing was asked for), `auto-top-up.not-offered`, `deduct.platform-refused`,
 * `deduct.platform-unavailable`, `school.unknown`, `request.busy`.
 */
export async function confirmAutoTopUp(deps: AutoTopUpDeps, { bound }: HolderCaller): Promise<AutoTopUpReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const read = await deps.autoTopUps.find(schoolId, accountNo);
  if (read === undefined || read.state === 'ended') throw new AppError('auto-top-up.not-signed');
  const { contractNo, appId, payerOpenId, channel } = read;
  const said = await deductOf(deps, channel).queryContract({ schoolId, contractNo, appId, payerOpenId });
  const auto = await change(deps, { schoolId, accountNo }, (old) => {
    if (old === undefined || old.contractNo !== contractNo || old.state === 'ended') throw new AppError('auto-top-up.not-signed');
    if (said.status === 'signed') return { ...old, state: 'signed', agreementRef: said.agreementRef, signedAt: said.signedAt };
    // What was in force and is not to be found has been ended by its payer.
    const isEnded = said.status === 'ended' || (said.status === 'not-found' && old.state === 'signed');
    return isEnded ? { ...old, state: 'ended', isOn: false, offReason: 'platform', endedAt: deps.clock() } : old;
  });
  return render(auto, pack, deps.clock());
}

/**
 * Other settings, or the switch. Switching on again forgets deductions that failed.
 *
 * Throws AppError: `auto-top-up.not-signed`, `auto-top-up.not-offered`, `top-up.amount-invalid`, `top-up.over-cap`, `school.unknown`,
 * `request.busy`.
 */
export async function changeAutoTopUp(
  deps: AutoTopUpDeps,
  { bound }: HolderCaller,
  wish: AutoWish & { readonly isOn: boolean },
): Promise<AutoTopUpReply> {
  const pack = await deps.packOf(bound.schoolId);
  const settings = autoSettings(pack, wish);
  const auto = await change(deps, bound, (old) => {
    if (old?.state !== 'signed') throw new AppError('auto-top-up.not-signed');
    const { offReason: _forgotten, ...rest } = old;
    if (!wish.isOn) return { ...rest, ...settings, isOn: false, offReason: 'holder' };
    return { ...rest, ...settings, isOn: true, ...(old.isOn ? {} : { failures: 0, pausedUntil: 0 }) };
  });
  return render(auto, pack, deps.clock());
}

/**
 * Ends the permission: switched off first, so that nothing more is asked for whatever the platform answers, then ended there. A repeat is
 * the same answer.
 *
 * Throws AppError: `auto-top-up.not-signed` (there never was one), `auto-top-up.not-offered`, `deduct.platform-refused`,
 * `deduct.platform-unavailable` (it is off; end it again), `school.unknown`, `request.busy`.
 */
export async function endAutoTopUp(deps: AutoTopUpDeps, { bound }: HolderCaller): Promise<AutoTopUpReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const off = await change(deps, { schoolId, accountNo }, (old) => {
    if (old === undefined) throw new AppError('auto-top-up.not-signed');
    return old.state === 'ended' || !old.isOn ? old : { ...old, isOn: false, offReason: 'holder' };
  });
  if (off.state === 'ended') return render(off, pack, deps.clock());
  const { contractNo, appId, channel, agreementRef } = off;
  if (agreementRef !== undefined) await deductOf(deps, channel).endContract({ schoolId, contractNo, appId, agreementRef });
  const ended = await change(deps, { schoolId, accountNo }, (old) => {
    if (old === undefined || old.contractNo !== contractNo || old.state === 'ended') return old ?? off;
    return { ...old, state: 'ended', isOn: false, endedAt: deps.clock() };
  });
  return render(ended, pack, deps.clock());
}

function deductOf({ deducts }: Pick<AutoTopUpDeps, 'deducts'>, channel: PaymentPlatformName): DeductPlatform {
  const deduct = deducts[channel];
  if (deduct === undefined) throw new AppError('auto-top-up.not-offered', { channel });
  return deduct;
}

/** Read, decide, write over the version that was read; again when somebody else was first. Deciding on the same row writes nothing. */
async function change(
  deps: AutoTopUpDeps,
  account: { readonly schoolId: string; readonly accountNo: number },
  decide: (old: AutoTopUp | undefined) => AutoTopUp,
): Promise<AutoTopUp> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const old = await deps.autoTopUps.find(account.schoolId, account.accountNo);
    const next = decide(old);
    if (next === old) return next;
    if (await deps.autoTopUps.save(next)) return { ...next, version: next.version + 1 };
  }
  throw new AppError('request.busy');
}

function render(auto: AutoTopUp | undefined, pack: RulePack, now: EpochMs): AutoTopUpReply {
  const iso = (at: EpochMs | undefined) => (at === undefined ? null : toIso(at, pack.utcOffsetMinutes));
  const choices = pack.topUp.auto;
  const offered =
    choices === undefined
      ? null
      : { ...choices, channels: [...choices.channels], thresholdsFen: [...choices.thresholdsFen], amountsFen: [...choices.amountsFen] };
  if (auto === undefined) return { choices: offered, contract: null };
  const { state, channel, isOn, offReason, thresholdFen, amountFen, monthlyCapFen, askedAt, signedAt, endedAt, pausedUntil, openOrderNo } =
    auto;
  return {
    choices: offered,
    contract: {
      ...{ state, channel, isOn, offReason: offReason ?? null, thresholdFen, amountFen, monthlyCapFen },
      usedThisMonthFen: usedInMonth(auto, now, pack.utcOffsetMinutes),
      askedAt: toIso(askedAt, pack.utcOffsetMinutes),
      signedAt: iso(signedAt),
      endedAt: iso(endedAt),
      pausedUntil: pausedUntil > now ? iso(pausedUntil) : null,
      openOrderNo: openOrderNo ?? null,
    },
  };
}

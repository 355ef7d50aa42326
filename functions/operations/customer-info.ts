import type { CustomerInfoReply, CustomerInfoWish } from '../../shared/api/wallet';
import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { businessDay, type EpochMs, toIso } from '../../shared/time';
import type { CustomerInfo } from '../store/customer-infos';
import type { HolderCaller } from './caller';
import { provenHolder } from './standing-proof';
import type { WalletDeps } from './wallet-deps';

/** Whether the bank knows what it must (DL-22): an ID that has run out makes it incomplete again. */
export function infoStatus(info: CustomerInfo | undefined, now: EpochMs, { utcOffsetMinutes }: RulePack): CustomerInfoReply['status'] {
  if (info === undefined) return 'missing';
  return info.idExpiresOn === 'long-term' || info.idExpiresOn >= businessDay(now, utcOffsetMinutes) ? 'complete' : 'expired';
}

export async function readCustomerInfo(deps: WalletDeps, { bound }: HolderCaller): Promise<CustomerInfoReply> {
  const [pack, info] = await Promise.all([deps.packOf(bound.schoolId), deps.customerInfos.find(bound.schoolId, bound.accountNo)]);
  return reply(deps, info, pack);
}

/**
 * 客户信息补录. Sealed as it comes; nobody reads it back on a phone. Throws AppError: `wallet.not-offered`, `request.malformed` (an ID that has run
 * out), `auth.password-change-required`, `auth.second-proof-required`, `account.unknown`.
 */
export async function saveCustomerInfo(deps: WalletDeps, caller: HolderCaller, wish: CustomerInfoWish): Promise<CustomerInfoReply> {
  const { schoolId, accountNo } = caller.bound;
  const pack = await deps.packOf(schoolId);
  if (!pack.wallet.offered) throw new AppError('wallet.not-offered');
  await provenHolder(deps, caller);
  const sealed = deps.fieldCipher.seal({ schoolId, accountNo, field: 'customerInfo' }, JSON.stringify(wish));
  const info = { schoolId, accountNo, sealed, idExpiresOn: wish.idExpiresOn, completedAt: deps.clock() };
  if (infoStatus(info, deps.clock(), pack) !== 'complete') throw new AppError('request.malformed', { field: 'idExpiresOn' });
  await deps.customerInfos.save(info);
  return reply(deps, info, pack);
}

function reply({ clock }: WalletDeps, info: CustomerInfo | undefined, pack: RulePack): CustomerInfoReply {
  return {
    status: infoStatus(info, clock(), pack),
    completedAt: info === undefined ? null : toIso(info.completedAt, pack.utcOffsetMinutes),
  };
}

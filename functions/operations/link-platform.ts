import { AppError } from '../../shared/errors';
import { type LinkTarget, vendorOf } from '../domain/app-identity';
import type { Holder, Holders, LinkedIdentity } from '../store/holders';
import type { Links } from '../store/links';
import type { Database } from '../store/table';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';

export interface LinkDeps {
  readonly holders: Holders;
  readonly links: Links;
  readonly transact: Database['transact'];
  readonly backOff: (tries: number) => Promise<void>;
}

export interface LinkView {
  readonly wechat: boolean;
  readonly alipay: boolean;
}

const MAX_TRIES = 20;

/**
 * 微信认证 or 支付宝认证: the identity of this session becomes the holder's, one to one. A new one of the same vendor
 * takes the place of the old; a repeat is the same answer.
 *
 * Throws AppError: `auth.wrong-container` (微信认证 only in WeChat, 支付宝认证 only in Alipay), `auth.already-linked`,
 * `account.unknown`, `request.busy`.
 */
export async function linkPlatform(deps: LinkDeps, caller: HolderCaller, target: LinkTarget): Promise<LinkView> {
  const { platform, appId, openid } = caller.identity;
  if (vendorOf(platform) !== target) throw new AppError('auth.wrong-container');
  const wanted: LinkedIdentity = { appId, openid };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const holder = await readHolder(deps, caller);
    const { schoolId, accountNo } = holder;
    const old = holder.links[target];
    if (old !== undefined && old.appId === appId && old.openid === openid) return viewOf(holder);
    const owner = await deps.links.accountOf({ schoolId, target, ...wanted });
    if (owner !== undefined && owner !== accountNo) throw new AppError('auth.already-linked');
    const next: Holder = { ...holder, links: { ...holder.links, [target]: wanted } };
    const result = await deps.transact([
      deps.holders.changedRow(next),
      deps.links.newRow({ schoolId, target, ...wanted, accountNo }),
      ...(old === undefined ? [] : [deps.links.removedRow({ schoolId, target, ...old, accountNo })]),
    ]);
    if (result.written) return viewOf(next);
  }
  throw new AppError('request.busy');
}

/** Takes the link away, from whichever app. Throws AppError `link.not-linked`, `account.unknown`, `request.busy`. */
export async function unlinkPlatform(deps: LinkDeps, caller: HolderCaller, target: LinkTarget): Promise<LinkView> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const holder = await readHolder(deps, caller);
    const { schoolId, accountNo, links } = holder;
    const old = links[target];
    if (old === undefined) throw new AppError('link.not-linked');
    const { [target]: _removed, ...kept } = links;
    const next: Holder = { ...holder, links: kept };
    const result = await deps.transact([deps.holders.changedRow(next), deps.links.removedRow({ schoolId, target, ...old, accountNo })]);
    if (result.written) return viewOf(next);
  }
  throw new AppError('request.busy');
}

function viewOf({ links }: Holder): LinkView {
  return { wechat: links.wechat !== undefined, alipay: links.alipay !== undefined };
}

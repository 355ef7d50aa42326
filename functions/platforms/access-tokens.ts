import type { EpochMs } from '../../shared/time';

/** A token is used until so long before its end, so that it does not end on its way. */
const MARGIN_MS = 5 * 60_000;

export interface AccessTokens {
  readonly of: (owner: string) => Promise<string>;
  readonly forget: (owner: string) => void;
}

/** One token an owner, asked for once however many need it at the same moment: the platforms limit how often they may be asked. */
export function createAccessTokens(
  now: () => EpochMs,
  ask: (owner: string) => Promise<{ readonly token: string; readonly seconds: number }>,
): AccessTokens {
  const kept = new Map<string, { readonly token: string; readonly until: EpochMs }>();
  const asked = new Map<string, Promise<string>>();
  const renew = async (owner: string): Promise<string> => {
    const { token, seconds } = await ask(owner);
    kept.set(owner, { token, until: now() + seconds * 1_000 - MARGIN_MS });
    return token;
  };
  return {
    of: (owner) => {
      const known = kept.get(owner);
      if (known !== undefined && now() < known.until) return Promise.resolve(known.token);
      const underWay = asked.get(owner) ?? renew(owner).finally(() => asked.delete(owner));
      asked.set(owner, underWay);
      return underWay;
    },
    forget: (owner) => void kept.delete(owner),
  };
}

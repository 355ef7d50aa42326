import type { PassFacts } from '../../shared/api/terminal-life';
import { AppError } from '../../shared/errors';
import type { PassSigner } from '../domain/pass-signer';
import type { Clock } from '../lib/clock';
import type { PassControl, PassControls } from '../store/passes';

/** What a list of a heartbeat may hold. */
const MOST_REVOKED = 200;
const MAX_TRIES = 10;
/** What an earlier key signed may still be told of. */
const KEYS_BEFORE = 3;

/** What tills must know to take a school's passes without network. Public: it is read without any secret. Throws nothing of ours. */
export async function passFacts(
  deps: { readonly passControls: Pick<PassControls, 'find' | 'revoked'>; readonly clock: Clock },
  schoolId: string,
): Promise<PassFacts> {
  const control = await deps.passControls.find(schoolId);
  if (control === undefined) return { passKeys: [], revocationEpoch: 0, revokedPasses: [], takesPasses: false };
  const { envelopes, more } = await deps.passControls.revoked(schoolId, deps.clock(), MOST_REVOKED);
  const passKeys = control.keys.map((one) => ({ ...one }));
  return { passKeys, revocationEpoch: control.epoch, revokedPasses: [...envelopes], takesPasses: !more };
}

export interface PassControlDeps {
  readonly passControls: Pick<PassControls, 'find' | 'save'>;
  readonly passSigner: Pick<PassSigner, 'publicKey'>;
}

/**
 * The key that signs now. Its public half is published before the first pass is signed with it, and the next one's with it, so that a till
 * that was offline at a rotation knows the new key already. Throws AppError `request.busy`.
 */
export async function passControlOf(deps: PassControlDeps, schoolId: string): Promise<PassControl> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await deps.passControls.find(schoolId);
    const known = found ?? { schoolId, keyId: 1, epoch: 1, keys: [], version: 0 };
    const keys = Array.from({ length: KEYS_BEFORE + 2 }, (_, index) => known.keyId - KEYS_BEFORE + index)
      .filter((keyId) => keyId > 0)
      .map((keyId) => ({ keyId, publicKey: deps.passSigner.publicKey(schoolId, keyId) }));
    if (JSON.stringify(keys) === JSON.stringify(known.keys)) return known;
    const next = { ...known, keys, version: known.version + 1 };
    if (await deps.passControls.save(next)) return next;
  }
  throw new AppError('request.busy');
}

/**
 * Gives up every pass of a school that is out: the next key signs, and tills refuse what is of an earlier epoch once they have heard of it.
 * Envelopes stay reserved, since tills without network may have taken some. Throws AppError: `pass.not-offered` (none was ever given
 * out), `request.busy`.
 */
export async function giveUpPasses(
  deps: { readonly passControls: Pick<PassControls, 'find' | 'save'> },
  schoolId: string,
): Promise<PassControl> {
  const found = await deps.passControls.find(schoolId);
  if (found === undefined) throw new AppError('pass.not-offered');
  const next = { ...found, keyId: found.keyId + 1, epoch: found.epoch + 1, version: found.version + 1 };
  if (!(await deps.passControls.save(next))) throw new AppError('request.busy');
  return next;
}

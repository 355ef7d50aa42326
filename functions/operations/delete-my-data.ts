import type { MyDataReply } from '../../shared/api/my-data';
import { AppError } from '../../shared/errors';
import type { RandomBytes } from '../../shared/ids';
import { newId } from '../../shared/ids';
import { freezeDraft, isFrozen } from '../domain/close-out';
import { COOLING_OFF_MS } from '../domain/deletion';
import { missingProof } from '../domain/standing';
import type { Bindings } from '../store/bindings';
import type { Holder, Holders } from '../store/holders';
import type { PassControls } from '../store/passes';
import type { TableWrite } from '../store/table';
import { type AppendDeps, changeAccount } from './append-loop';
import { type AuditDeps, writeAudit } from './audit';
import type { HolderCaller } from './caller';
import { type PasswordDeps, readHolder } from './check-password';
import { checkSecondProof, type ProofDeps } from './check-second-proof';
import { giveProofs, type Proofs } from './give-proofs';
import { type IdentityRevocationDeps, revokeIdentityPasses } from './identity-revocations';
import { blocksOf, dataEvent, type MyDataDeps, openMatters, readMyData } from './my-data';
import { revokedPasses } from './report-loss';

export interface DeleteMyDataDeps
  extends Omit<MyDataDeps, 'passbook' | 'holders'>,
    AppendDeps,
    PasswordDeps,
    ProofDeps,
    IdentityRevocationDeps,
    AuditDeps {
  readonly holders: Holders;
  readonly bindings: Bindings;
  readonly passControls: Pick<PassControls, 'revokedRow'>;
  readonly randomBytes: RandomBytes;
}

const MAX_TRIES = 40;

/**
 * Asks for deletion. Card, codes and passes stop by one entry, in one transaction with the wish; the erasure waits for the days in which it can be
 * cancelled. A repeat is the same answer, with the days of the first.
 *
 * Throws AppError: `deletion.blocked` (detail.blocks), `account.unknown`, `school.unknown`, `auth.password-change-required`,
 * `auth.second-proof-required`, `auth.second-proof-not-offered`, `auth.second-proof-wrong`, `auth.wrong-password`, `auth.locked`, `request.busy`.
 */
export async function requestDeletion(deps: DeleteMyDataDeps, caller: HolderCaller, proofs: Proofs): Promise<MyDataReply> {
  const { bound } = caller;
  const [pack, holder] = await Promise.all([deps.packOf(bound.schoolId), readHolder(deps, caller)]);
  if (holder.deletion !== undefined) return readMyData(deps, caller);
  const refusal = missingProof(holder);
  // Without a second proof on record there may still be one now; a password that many know is none.
  if (refusal === 'auth.password-change-required') throw new AppError(refusal);
  await giveProofs(deps, caller, { pack, holder, proofs });
  const entryId = newId('del', deps.clock(), deps.randomBytes);
  await changeAccount<{ holder: Holder; used: readonly TableWrite[]; open: Awaited<ReturnType<typeof openMatters>> }, undefined>(deps, {
    account: bound,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => {
      const read = await readHolder(deps, caller);
      // Asked twice at one moment: the first has used the code up and is the answer of both.
      const used =
        read.deletion === undefined ? await checkSecondProof(deps, { holder: read, pack, proof: proofs.proof, now: deps.clock() }) : [];
      return { holder: read, used, open: await openMatters(deps, bound) };
    },
    decide: (head, recordedAt, { holder: read, used, open }) => {
      if (read.deletion !== undefined) return { answer: undefined };
      const blocks = blocksOf(head, open, recordedAt);
      if (blocks.length > 0) throw new AppError('deletion.blocked', { blocks: blocks.map(({ code }) => code).join(' ') });
      const eraseFrom = recordedAt + COOLING_OFF_MS;
      const deletion = { state: 'waiting', requestedAt: recordedAt, eraseFrom, dueAt: eraseFrom } as const;
      // An entry also where all was stopped before: the passbook says when it was asked for.
      const draft = freezeDraft(head, { entryId, recordedAt });
      const passes = isFrozen(head.state)
        ? []
        : [...revokedPasses(deps, head, recordedAt), ...revokeIdentityPasses(deps, head, { pack, at: recordedAt })];
      return { write: draft, rows: [deps.holders.changedRow({ ...read, deletion }), ...used, ...passes], answer: () => undefined };
    },
  });
  await writeAudit(deps, dataEvent(bound, 'data.delete'));
  return readMyData(deps, caller);
}

/**
 * Keeps the data after all. It asks for no proof and therefore starts nothing again: the card and the codes stay stopped until the holder takes that
 * back as after a loss. Without a wish it changes nothing.
 *
 * Throws AppError: `deletion.begun`, `account.unknown`, `school.unknown`, `request.busy`.
 */
export async function cancelDeletion(deps: DeleteMyDataDeps, caller: HolderCaller): Promise<MyDataReply> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const { deletion, ...holder } = await readHolder(deps, caller);
    if (deletion === undefined) return readMyData(deps, caller);
    if (deletion.state === 'erasing') throw new AppError('deletion.begun');
    if (!(await deps.holders.save(holder))) continue;
    await writeAudit(deps, dataEvent(caller.bound, 'data.keep'));
    return readMyData(deps, caller);
  }
  throw new AppError('request.busy');
}

import type { PassesReply } from '../../shared/api/passes';
import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import { type Fen, fen, smaller } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { type EpochMs, toIso } from '../../shared/time';
import type { AccountState } from '../domain/account-state';
import type { Draft, Entry } from '../domain/entry';
import { cardAvailable, MAX_HOLDS, openHolds } from '../domain/hold';
import {
  type Envelope,
  envelopeOf,
  envelopeTimes,
  isDueForRenewal,
  MAX_PASS_HOLDS,
  openEnvelopes,
  openedBy,
  passFactsOf,
  passHoldId,
} from '../domain/pass-envelope';
import type { PassSigner } from '../domain/pass-signer';
import type { SchoolKeys } from '../domain/school-keys';
import { codesRefusal } from '../domain/standing';
import type { Bindings } from '../store/bindings';
import type { Holders } from '../store/holders';
import type { PassControl, PassControls, Passes } from '../store/passes';
import { type AppendDeps, changeAccount } from './append-loop';
import type { HolderCaller } from './caller';
import { readHolder } from './check-password';
import { type PassControlDeps, passControlOf } from './pass-keys';

export interface OpenPassesDeps extends AppendDeps, PassControlDeps {
  readonly holders: Pick<Holders, 'find'>;
  readonly bindings: Pick<Bindings, 'find'>;
  readonly passes: Pick<Passes, 'find' | 'row' | 'uses'>;
  readonly passControls: PassControls;
  readonly passSigner: PassSigner;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly keysOf: (schoolId: string) => SchoolKeys;
  readonly randomBytes: RandomBytes;
}

type PassRules = NonNullable<RulePack['passes']>;

/** Less than this is not worth a hold. */
const LEAST_FEN = 100;

/**
 * A batch of passes for the caller's own app, with which the phone pays where neither it nor the till has network: an entry that reserves
 * their money, and a permanent row. Asked again it is the same envelope, until the last sixth of its window, or until it was used up or given up.
 *
 * Throws AppError: `pass.not-offered`, `pass.no-place` (earlier envelopes still reserve money), `payment.insufficient-balance`,
 * `auth.password-change-required`, `auth.second-proof-required`, `code.not-offered`, `code.frozen`, `receivable.owed`, `card.lost`,
 * `account.closed`, `account.unknown`, `auth.sign-in-required` (the app was removed this moment), `request.busy`, `school.unknown`.
 */
export async function openPasses(deps: OpenPassesDeps, caller: HolderCaller): Promise<PassesReply> {
  const { schoolId, accountNo, slot, bindingId } = caller.bound;
  const [pack, holder] = await Promise.all([deps.packOf(schoolId), readHolder(deps, caller)]);
  const rules = pack.passes;
  if (rules === undefined) throw new AppError('pass.not-offered');
  const control = await passControlOf(deps, schoolId);
  await endExpired(deps, { schoolId, accountNo }, pack);
  const entryId = newId('pas', deps.clock(), deps.randomBytes);
  const mine = await changeAccount<Gathered, Envelope>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: () => gather(deps, caller),
    decide(head, recordedAt, gathered) {
      const { state } = head;
      const refusal = codesRefusal(holder, state, pack) ?? (state.lostAt > 0 ? 'card.lost' : undefined);
      if (refusal !== undefined) throw new AppError(refusal);
      if (!gathered.isBound || state.apps[slot]?.bound !== true) throw new AppError('auth.sign-in-required');
      const open = openEnvelopes(state, recordedAt);
      // Another app of the holder opened one since the rows were read: which app has what must be known.
      if (open.some((n) => !gathered.known.includes(n))) throw new AppError('request.busy');
      const kept = newestOf(gathered.envelopes, { open, slot, bindingId, control, at: recordedAt });
      const hasPlace = open.length < MAX_PASS_HOLDS && openHolds(state, recordedAt).length < MAX_HOLDS;
      if (kept !== undefined && !(hasPlace && isDueForRenewal(kept, recordedAt) && canReserve(state, recordedAt))) return { answer: kept };
      if (!hasPlace) throw new AppError('pass.no-place');
      if (!canReserve(state, recordedAt)) throw new AppError('payment.insufficient-balance');
      const envelope = newEnvelope(head, { rules, control, recordedAt, slot, bindingId, keys: deps.keysOf(schoolId) });
      return { write: openedDraft(head, envelope, { entryId, recordedAt }), rows: [deps.passes.row(envelope)], answer: () => envelope };
    },
  });
  return reply(deps, mine, pack);
}

interface Gathered {
  readonly isBound: boolean;
  /** Entry numbers of the envelopes whose rows were read. */
  readonly known: readonly number[];
  readonly envelopes: readonly Envelope[];
}

async function gather(deps: OpenPassesDeps, { bound }: HolderCaller): Promise<Gathered> {
  const { schoolId, accountNo, bindingId } = bound;
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const keys = deps.keysOf(schoolId);
  const known = head.state.holds.flatMap((hold) => openedBy(hold) ?? []);
  const [binding, ...rows] = await Promise.all([
    deps.bindings.find(schoolId, accountNo, bindingId),
    ...known.map((n) => alive(deps, schoolId, envelopeOf(keys, accountNo, n))),
  ]);
  const isBound = binding !== undefined && binding.removedAt === undefined;
  return { isBound, known, envelopes: rows.flatMap((row) => row ?? []) };
}

/** The row of an envelope that nobody gave up. */
async function alive(deps: OpenPassesDeps, schoolId: string, name: string): Promise<Envelope | undefined> {
  const envelope = await deps.passes.find(schoolId, name);
  if (envelope === undefined) throw new Error('a hold of passes without its row');
  const isRevoked = await deps.passControls.isRevoked({ schoolId, envelope: name, until: envelope.graceUntil });
  return isRevoked ? undefined : envelope;
}

function newestOf(
  envelopes: readonly Envelope[],
  wanted: Pick<Envelope, 'slot' | 'bindingId'> & { readonly open: readonly number[]; readonly control: PassControl; readonly at: EpochMs },
): Envelope | undefined {
  return envelopes
    .filter(({ slot, bindingId }) => slot === wanted.slot && bindingId === wanted.bindingId)
    .filter(({ n, epoch, validUntil }) => wanted.open.includes(n) && epoch === wanted.control.epoch && wanted.at <= validUntil)
    .reduce<Envelope | undefined>((newest, one) => (newest === undefined || one.n > newest.n ? one : newest), undefined);
}

/** At most half of what is free: whoever has prepared passes must still be able to pay by code where there is network. */
function reservable(state: AccountState, at: EpochMs): Fen {
  return fen(Math.floor(cardAvailable(state, at) / 2));
}

function canReserve(state: AccountState, at: EpochMs): boolean {
  return reservable(state, at) >= LEAST_FEN;
}

function newEnvelope(
  { schoolId, accountNo, n: headN, state }: Entry,
  from: Pick<Envelope, 'slot' | 'bindingId'> & {
    readonly rules: PassRules;
    readonly control: PassControl;
    readonly recordedAt: EpochMs;
    readonly keys: SchoolKeys;
  },
): Envelope {
  const { rules, control, recordedAt, slot, bindingId, keys } = from;
  const n = headN + 1;
  const envelopeFen: Fen = smaller(rules.envelopeFen, reservable(state, recordedAt));
  return {
    ...{ schoolId, accountNo, n, slot, bindingId, envelopeFen },
    envelope: envelopeOf(keys, accountNo, n),
    tokens: rules.tokens,
    ceilingFen: smaller(rules.ceilingFen, envelopeFen),
    ...envelopeTimes(recordedAt, rules),
    keyId: control.keyId,
    epoch: control.epoch,
  };
}

function openedDraft({ state }: Entry, envelope: Envelope, at: { readonly entryId: string; readonly recordedAt: EpochMs }): Draft {
  const hold = { entryId: passHoldId(envelope.n), amountFen: envelope.envelopeFen, expiresAt: envelope.graceUntil };
  const holds = [...openHolds(state, at.recordedAt), hold];
  return { kind: 'pass-opened', entryId: at.entryId, postings: [], occurredAt: at.recordedAt, state: { ...state, holds } };
}

/** What ran out reserves nothing since then; the entry says so, once. */
async function endExpired(deps: AppendDeps, account: { schoolId: string; accountNo: number }, pack: RulePack): Promise<void> {
  await changeAccount<undefined, void>(deps, {
    account,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => undefined,
    decide({ state }, recordedAt) {
      const ended = state.holds.find((hold) => openedBy(hold) !== undefined && hold.expiresAt < recordedAt);
      if (ended === undefined) return { answer: undefined };
      const holds = openHolds(state, recordedAt);
      const draft = { kind: 'pass-ended', entryId: `${ended.entryId}-ended`, postings: [], occurredAt: recordedAt } as const;
      return { write: { ...draft, state: { ...state, holds } }, answer: () => undefined };
    },
  });
}

async function reply(deps: OpenPassesDeps, envelope: Envelope, { utcOffsetMinutes }: RulePack): Promise<PassesReply> {
  const { schoolId, tokens, ceilingFen, envelopeFen, validFrom, validUntil, graceUntil } = envelope;
  const uses = await deps.passes.uses(schoolId, envelope.envelope);
  const iso = (at: EpochMs): string => toIso(at, utcOffsetMinutes);
  return {
    envelope: envelope.envelope,
    passes: Array.from({ length: tokens }, (_, index) => deps.passSigner.write(schoolId, passFactsOf(envelope, index))),
    used: uses.map(({ index }) => index),
    ceilingFen,
    envelopeFen,
    validFrom: iso(validFrom),
    validUntil: iso(validUntil),
    reservedUntil: iso(graceUntil),
    serverTime: iso(deps.clock()),
  };
}

import type { SignInReply } from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { bindAppDraft, freeSlot } from '../domain/account-changes';
import type { BoundAccount } from '../domain/app-identity';
import type { Binding, Bindings } from '../store/bindings';
import type { Holder } from '../store/holders';
import type { Identities, Identity } from '../store/identities';
import type { Session, Sessions } from '../store/sessions';
import type { TableWrite } from '../store/table';
import { type AppendDeps, changeAccount } from './append-loop';
import type { Caller } from './caller';
import { findHolder } from './find-holder';
import { isName, type ProveHolderDeps, provenHolder } from './prove-holder';
import { requireConsent } from './require-consent';
import { boundView } from './sign-in';

export interface BindDeps extends AppendDeps, ProveHolderDeps {
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly bindings: Bindings;
  readonly randomBytes: RandomBytes;
}

export interface BindWish {
  readonly schoolId: string;
  readonly number: string;
  readonly name: string;
  readonly password: string;
  readonly deviceLabel?: string | undefined;
  readonly consent?: Binding['consent'];
}

export interface BindAnswer {
  readonly bound: NonNullable<SignInReply['bound']>;
  readonly passwordIsInitial: boolean;
}

/**
 * Binds this app to the account of the name, number and password typed. Entry, binding, identity and session change in
 * one transaction. A repeat for the account that the app is bound to already is the same answer.
 *
 * Throws AppError: `auth.consent-required`, `school.unknown`, `auth.citizen-id-mistyped`, `auth.no-match` (number, name or password: one answer for all three),
 * `auth.locked`, `auth.already-bound`, `auth.too-many-apps`, `auth.sign-in-required` (signed out meanwhile),
 * `account.unknown`, `account.closed`, `request.busy`.
 */
export async function bind(deps: BindDeps, caller: Caller, wish: BindWish): Promise<BindAnswer> {
  const consent = requireConsent(wish.consent);
  const pack = await deps.packOf(wish.schoolId);
  if (caller.bound !== undefined) return repeatedBind(deps, caller.bound, wish);
  const holder = await provenHolder(deps, caller, { pack, wish });
  return bindHolder(deps, caller, { holder, pack, deviceLabel: wish.deviceLabel, consent });
}

export interface ProvenBind {
  readonly holder: Holder;
  readonly pack: Pick<RulePack, 'utcOffsetMinutes'>;
  readonly deviceLabel: string | undefined;
  /** To the privacy policy, as the phone says it. */
  readonly consent: NonNullable<Binding['consent']>;
  /** Rows that use a proof up, read anew in every try: they are written with the binding or not at all. */
  readonly useUp?: () => Promise<readonly TableWrite[]>;
}

export type BindHolderDeps = AppendDeps & Pick<BindDeps, 'identities' | 'sessions' | 'bindings' | 'randomBytes'>;

/**
 * Binds this app to the account of a holder who has been proven, in whichever way.
 *
 * Throws AppError: `auth.already-bound`, `auth.too-many-apps`, `auth.sign-in-required`, `account.unknown`, `account.closed`,
 * `request.busy`, and what `useUp` throws.
 */
export async function bindHolder(
  deps: BindHolderDeps,
  caller: Caller,
  { holder, pack, deviceLabel, consent, useUp }: ProvenBind,
): Promise<BindAnswer> {
  const bindingId = newId('bnd', deps.clock(), deps.randomBytes);
  const bound = await changeAccount(deps, {
    account: holder,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => {
      const [identity, session, used] = await Promise.all([
        deps.identities.find(caller.identity),
        deps.sessions.find(caller.tokenHash, deps.clock()),
        useUp?.() ?? [],
      ]);
      if (session === undefined) throw new AppError('auth.sign-in-required');
      return { identity, session, used };
    },
    decide: (head, recordedAt, { identity, session, used }) => {
      if (identity.bound !== undefined) return { answer: sameAccount(identity.bound, holder) };
      if (head.state.closed) throw new AppError('account.closed');
      const slot = freeSlot(head.state);
      if (slot === undefined) throw new AppError('auth.too-many-apps');
      const account: BoundAccount = { schoolId: holder.schoolId, accountNo: holder.accountNo, bindingId, slot };
      return {
        write: bindAppDraft(head, { slot, entryId: bindingId, occurredAt: recordedAt }),
        rows: [
          deps.bindings.newRow({
            ...caller.identity,
            ...account,
            deviceLabel: deviceLabel ?? '',
            boundAt: recordedAt,
            removedAt: undefined,
            consent,
          }),
          ...signedInRows(deps, { identity, session, account }),
          ...used,
        ],
        answer: () => account,
      };
    },
  });
  return { bound: viewOf(bound), passwordIsInitial: holder.passwordHash === null };
}

/** This session takes the binding; others of the same identity end, and sign in anew into the bound account. */
function signedInRows(
  deps: Pick<BindDeps, 'identities' | 'sessions'>,
  { identity, session, account }: { readonly identity: Identity; readonly session: Session; readonly account: BoundAccount },
): readonly TableWrite[] {
  const others = identity.sessions.filter((hash) => hash !== session.tokenHash);
  return [
    deps.identities.changedRow({ ...identity, sessions: [session.tokenHash], bound: account }),
    deps.sessions.changedRow({ ...session, bound: account }),
    ...others.map((hash) => deps.sessions.removedRow(hash)),
  ];
}

/** The answer of the first bind was lost, or a button was pressed twice. What it tells, this session may read anyway. */
async function repeatedBind(deps: BindDeps, bound: BoundAccount, wish: BindWish): Promise<BindAnswer> {
  const holder = wish.schoolId === bound.schoolId ? await deps.holders.find(bound.schoolId, bound.accountNo) : undefined;
  const asked = holder === undefined ? undefined : await findHolder(deps, wish.schoolId, wish.number);
  if (holder === undefined || asked?.accountNo !== holder.accountNo || !isName(holder, wish.name)) {
    throw new AppError('auth.already-bound');
  }
  return { bound: viewOf(bound), passwordIsInitial: holder.passwordHash === null };
}

function sameAccount(bound: BoundAccount, holder: Holder): BoundAccount {
  if (bound.schoolId === holder.schoolId && bound.accountNo === holder.accountNo) return bound;
  throw new AppError('auth.already-bound');
}

function viewOf(bound: BoundAccount): BindAnswer['bound'] {
  const view = boundView(bound);
  if (view === null) throw new Error('a bound account has a view');
  return view;
}

import type { SignInReply } from '../../shared/api/student';
import { citizenIdProblem } from '../../shared/citizen-id';
import { AppError } from '../../shared/errors';
import { newId, type RandomBytes } from '../../shared/ids';
import type { RulePack } from '../../shared/rule-pack';
import { bindAppDraft, freeSlot } from '../domain/account-changes';
import type { BoundAccount } from '../domain/app-identity';
import { normaliseName, normaliseNumber } from '../domain/plain-text';
import type { Binding, Bindings } from '../store/bindings';
import type { Holder } from '../store/holders';
import type { Identities, Identity } from '../store/identities';
import type { Session, Sessions } from '../store/sessions';
import type { TableWrite } from '../store/table';
import { type AppendDeps, changeAccount } from './append-loop';
import type { Caller } from './caller';
import { accountSubject, type PasswordDeps, renewHash } from './check-password';
import { type FindHolderDeps, findHolder } from './find-holder';
import { returnGuessed, takeGuess } from './guess-guard';
import { knownPassword } from './personal-data';
import { boundView } from './sign-in';

export interface BindDeps extends AppendDeps, PasswordDeps, FindHolderDeps {
  readonly holders: PasswordDeps['holders'];
  readonly packOf: (schoolId: string) => Promise<RulePack>;
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
 * Throws AppError: `school.unknown`, `auth.citizen-id-mistyped`, `auth.no-match` (number, name or password: one answer for all three),
 * `auth.locked`, `auth.already-bound`, `auth.too-many-apps`, `auth.sign-in-required` (signed out meanwhile),
 * `account.unknown`, `account.closed`, `request.busy`.
 */
export async function bind(deps: BindDeps, caller: Caller, wish: BindWish): Promise<BindAnswer> {
  const pack = await deps.packOf(wish.schoolId);
  if (caller.bound !== undefined) return repeatedBind(deps, caller.bound, wish);
  const holder = await provenHolder(deps, caller, { pack, wish });
  const bindingId = newId('bnd', deps.clock(), deps.randomBytes);
  const bound = await changeAccount(deps, {
    account: holder,
    utcOffsetMinutes: pack.utcOffsetMinutes,
    gather: async () => {
      const [identity, session] = await Promise.all([
        deps.identities.find(caller.identity),
        deps.sessions.find(caller.tokenHash, deps.clock()),
      ]);
      if (session === undefined) throw new AppError('auth.sign-in-required');
      return { identity, session };
    },
    decide: (head, recordedAt, { identity, session }) => {
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
            deviceLabel: wish.deviceLabel ?? '',
            boundAt: recordedAt,
            removedAt: undefined,
            consent: wish.consent,
          }),
          ...signedInRows(deps, { identity, session, account }),
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

/** The holder whose number, name and password were typed. One guess and one scrypt, whether there is such a number or not. */
async function provenHolder(
  deps: BindDeps,
  caller: Caller,
  { pack, wish }: { readonly pack: RulePack; readonly wish: BindWish },
): Promise<Holder> {
  refuseMistypedId(pack, wish.number);
  const holder = await findHolder(deps, wish.schoolId, wish.number);
  const subject =
    holder === undefined ? `number|${deps.holders.tokenOf(wish.schoolId, normaliseNumber(wish.number))}` : accountSubject(holder.accountNo);
  const guess = await takeGuess(deps, { schoolId: wish.schoolId, subject }, caller);
  const known = holder === undefined ? undefined : knownPassword(deps.fieldCipher, holder, pack);
  const isRight = await deps.passwords.check(wish.password, known);
  if (holder === undefined || !isRight || !isName(holder, wish.name)) {
    deps.counter.count('WrongPassword');
    throw new AppError('auth.no-match');
  }
  await returnGuessed(deps, guess);
  await renewHash(deps, holder, wish.password);
  return holder;
}

/** What is wrong with an ID by itself tells nothing of who is here, and costs no guess. */
function refuseMistypedId(pack: RulePack, typed: string): void {
  if (pack.signIn.temporaryNumber === undefined) return;
  const problem = citizenIdProblem(normaliseNumber(typed));
  if (problem === 'check' || problem === 'birthday') throw new AppError('auth.citizen-id-mistyped');
}

function isName(holder: Holder, typed: string): boolean {
  return normaliseName(typed).toLowerCase() === holder.name.toLowerCase();
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

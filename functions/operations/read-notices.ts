import type { NoticeSettingsReply, NoticesReply, ReadNoticesReply } from '../../shared/api/notices';
import { AppError } from '../../shared/errors';
import type { Fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import { chosen, type NoticeSwitch, type NoticeWishes } from '../domain/notice-rules';
import type { NoticeWishRows } from '../store/notice-wishes';
import type { Notices } from '../store/notices';
import type { HolderCaller } from './caller';

export interface NoticesDeps {
  readonly notices: Omit<Notices, 'addNotice' | 'rows'>;
  readonly wishes: NoticeWishRows;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

const PAGE = 20;
const MAX_TRIES = 5;

/** The app's inbox, newest first. Throws AppError `request.malformed` (a cursor that is none), `school.unknown`. */
export async function listNotices(deps: NoticesDeps, { bound }: HolderCaller, cursor: string | undefined): Promise<NoticesReply> {
  const { schoolId, accountNo } = bound;
  if (cursor !== undefined && !deps.notices.isPlace(cursor)) throw new AppError('request.malformed');
  const { utcOffsetMinutes } = await deps.packOf(schoolId);
  const through = await deps.notices.readThrough(schoolId, accountNo);
  const [{ notices, next }, unread] = await Promise.all([
    deps.notices.ofAccount(schoolId, accountNo, { limit: PAGE, after: cursor }),
    deps.notices.countAfter(schoolId, accountNo, through),
  ]);
  return {
    notices: notices.map(({ id, kind, at, amountFen, expiresAt, about, n }) => ({
      id,
      kind,
      at: toIso(at, utcOffsetMinutes),
      amountFen,
      expiresAt: expiresAt === undefined ? null : toIso(expiresAt, utcOffsetMinutes),
      about: about ?? null,
      n: n ?? null,
      read: deps.notices.isRead(id, through),
    })),
    unread,
    nextCursor: next ?? null,
  };
}

/** Everything up to a notice has been seen. An older place than the one that is kept changes nothing. Throws AppError `notices.unknown`, `request.busy`. */
export async function markNoticesRead(deps: NoticesDeps, { bound }: HolderCaller, to: string): Promise<ReadNoticesReply> {
  const { schoolId, accountNo } = bound;
  if (!deps.notices.isPlace(to) || !(await deps.notices.has(schoolId, accountNo, to))) throw new AppError('notices.unknown');
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const from = await deps.notices.readThrough(schoolId, accountNo);
    const isKept = deps.notices.isRead(to, from);
    if (isKept || (await deps.notices.setReadThrough(schoolId, accountNo, { from, to })))
      return { unread: await deps.notices.countAfter(schoolId, accountNo, isKept ? from : to) };
  }
  throw new AppError('request.busy');
}

/** What the holder is told of, and what the school lets them choose. Throws AppError `school.unknown`. */
export async function readNoticeSettings(deps: NoticesDeps, { bound }: HolderCaller): Promise<NoticeSettingsReply> {
  const { schoolId, accountNo } = bound;
  const [pack, wishes] = await Promise.all([deps.packOf(schoolId), deps.wishes.find(schoolId, accountNo, { consistent: true })]);
  return settingsView(pack, wishes);
}

export interface NoticeSettingsWish {
  readonly lowBalance: { readonly on: boolean; readonly fen: unknown };
  readonly largeSpend: { readonly on: boolean; readonly fen: unknown };
  readonly claimWaiting: { readonly on: boolean };
  readonly refund: { readonly on: boolean };
}

/** Keeps the whole page of settings. Throws AppError `notices.amount-not-offered`, `school.unknown`. */
export async function saveNoticeSettings(
  deps: NoticesDeps,
  { bound }: HolderCaller,
  wish: NoticeSettingsWish,
): Promise<NoticeSettingsReply> {
  const { schoolId, accountNo } = bound;
  const pack = await deps.packOf(schoolId);
  const { lowBalance, largeSpend } = wish;
  const switches: Readonly<Record<NoticeSwitch, boolean>> = {
    'low-balance': lowBalance.on,
    'large-spend': largeSpend.on,
    'claim-waiting': wish.claimWaiting.on,
    refund: wish.refund.on,
  };
  const off = (Object.keys(switches) as NoticeSwitch[]).filter((name) => !switches[name]);
  const amounts =
    pack.notices === undefined
      ? {}
      : {
          lowBalanceFen: offered(pack.notices.lowBalance.choicesFen, lowBalance.fen),
          largeSpendFen: offered(pack.notices.largeSpend.choicesFen, largeSpend.fen),
        };
  const wishes: NoticeWishes = { off, ...amounts };
  await deps.wishes.save(schoolId, accountNo, wishes);
  return settingsView(pack, wishes);
}

function offered(choicesFen: readonly Fen[], wish: unknown): Fen {
  const found = choicesFen.find((choice) => choice === wish);
  if (found === undefined) throw new AppError('notices.amount-not-offered');
  return found;
}

function settingsView({ notices, arrival }: RulePack, wishes: NoticeWishes): NoticeSettingsReply {
  const isOn = (name: NoticeSwitch) => ({ on: !wishes.off.includes(name) });
  const threshold = (name: NoticeSwitch, rule: NonNullable<RulePack['notices']>['lowBalance'], wish: Fen | undefined) => ({
    ...isOn(name),
    fen: chosen(rule, wish),
    choicesFen: rule.choicesFen,
  });
  return {
    lowBalance: notices === undefined ? null : threshold('low-balance', notices.lowBalance, wishes.lowBalanceFen),
    largeSpend: notices === undefined ? null : threshold('large-spend', notices.largeSpend, wishes.largeSpendFen),
    claimWaiting: arrival.mode === 'realtime' ? null : isOn('claim-waiting'),
    refund: isOn('refund'),
  };
}

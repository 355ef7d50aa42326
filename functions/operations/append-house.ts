import { AppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import type { Entry } from '../domain/entry';
import { firstEntry, nextEntry, recordingTime } from '../domain/entry';
import { type HouseAccount, houseAccountNo, unopenedHouse } from '../domain/house-account';
import { type Movement, movementDraft } from '../domain/movement';
import type { HouseActs } from '../store/house-acts';
import type { AppendDeps } from './append-loop';

export interface HouseDeps extends AppendDeps {
  readonly houseActs: HouseActs;
}

export interface HouseAct extends Pick<Movement, 'kind' | 'entryId' | 'postings'> {
  readonly schoolId: string;
  readonly house: HouseAccount;
  /** Of the passbook: the business day the act is about. */
  readonly day: string;
  readonly occurredAt: EpochMs;
}

const MAX_TRIES = 60;

/**
 * An entry in a house account's passbook, opened where there is none yet, together with its permanent row: at most once for an
 * `entryId`, however often it is asked. Throws AppError `request.replayed-differently` (the same id, other legs), `request.busy`.
 */
export async function appendHouse(deps: HouseDeps, act: HouseAct, pack: Pick<RulePack, 'utcOffsetMinutes'>): Promise<Entry> {
  const { schoolId, house, day, ...movement } = act;
  const accountNo = houseAccountNo(house, day);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await deps.backOff(tries);
    const done = await deps.houseActs.find(schoolId, act.entryId);
    if (done !== undefined) {
      const entry = await deps.passbook.entry(schoolId, done.accountNo, done.n);
      if (entry === undefined) throw new Error('a row of a house act names an entry that does not exist');
      if (JSON.stringify(entry.postings) !== JSON.stringify(act.postings)) throw new AppError('request.replayed-differently');
      return entry;
    }
    const head = await deps.passbook.head(schoolId, accountNo);
    const now = deps.clock();
    const recordedAt = head === undefined ? now : recordingTime(head, now);
    const draft = movementDraft(head ?? unopenedHouse(accountNo), { ...movement, family: 'house', recordedAt }, pack);
    const { utcOffsetMinutes } = pack;
    const entry =
      head === undefined
        ? firstEntry({ schoolId, accountNo, draft, recordedAt, utcOffsetMinutes })
        : nextEntry(head, draft, { recordedAt, utcOffsetMinutes });
    const row = deps.houseActs.row({ schoolId, entryId: act.entryId, accountNo, n: entry.n });
    if ((await deps.passbook.appendWith(entry, [row])).written) return entry;
  }
  throw new AppError('request.busy');
}

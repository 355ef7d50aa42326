import { createHash } from 'node:crypto';
import { businessDay, DAY_MS } from '../../../shared/time';
import { toItem } from '../../store/entry-item';
import { Chance } from '../simulation/chance';
import { Agenda } from './agenda';
import { Callbacks } from './callbacks';
import { Laws } from './laws';
import { Mornings } from './mornings';
import { Network } from './network';
import { Office } from './office';
import { startPlatforms } from './platforms';
import { Students } from './students';

export interface WeekInput {
  readonly seed: number;
  /** Top-ups begun in the week; sales and refunds follow from it. */
  readonly orders: number;
}

/** What a week came to. */
export interface WeekResult {
  readonly counted: Readonly<Record<string, number>>;
  /** Changes with anything that happened: two runs of a seed must agree. */
  readonly digest: string;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAYS = 7;
/** After the week nobody does anything new, and what is under way comes to its end. */
const QUIET_DAYS = 4;
/** A Monday. */
const MONDAY = Date.parse('2026-11-16T00:00:00+08:00');
/** On this night nobody asks the platforms: the jobs of the minute stand still for 13 hours. */
const ASLEEP = { from: 3 * DAY_MS + 21 * HOUR, to: 4 * DAY_MS + 9 * HOUR };

/** Hours in which a platform answers nobody, or answers and is not heard. */
const OUTAGES = [
  { platform: 'wechatPay', outage: 'error', from: DAY_MS + 12 * HOUR, to: DAY_MS + 13.5 * HOUR },
  { platform: 'alipay', outage: 'answer-lost', from: 5 * DAY_MS + 18 * HOUR, to: 5 * DAY_MS + 19 * HOUR },
] as const;

/** A week of one school from its seed: seven days of trouble, four of quiet, then the reckoning. Throws what was broken. */
export async function simulateWeek({ seed, orders }: WeekInput): Promise<WeekResult> {
  const chance = new Chance(seed);
  const agenda = new Agenda(chance, MONDAY - 2 * HOUR);
  const network = new Network(chance, () => agenda.now);
  const callbacks = new Callbacks(agenda, chance);
  const platforms = startPlatforms({ agenda, chance, network, deliver: callbacks.deliver });
  const office = new Office({ agenda, chance, platforms });
  callbacks.connect(office, platforms);
  const students = new Students({ agenda, chance, network, office, platforms });
  const laws = new Laws({ agenda, office, platforms });
  const mornings = new Mornings({ agenda, network, office, platforms, laws });

  await office.finance.open();
  await students.enrol(Math.max(12, Math.ceil(orders / 12)));
  office.model.catchUp();

  for (let day = 0; day < DAYS; day += 1) planDay({ agenda, chance, students, midnight: MONDAY + day * DAY_MS, orders: orders / DAYS });
  for (let day = 1; day < DAYS + QUIET_DAYS; day += 1) mornings.plan(day - 1, MONDAY + day * DAY_MS);
  const end = MONDAY + (DAYS + QUIET_DAYS) * DAY_MS;
  everyMinute({ agenda, chance, office, end });
  for (const { platform, outage, from, to } of OUTAGES) {
    agenda.at(MONDAY + from, () => platforms.sandbox.switchOutage(platform, outage));
    agenda.at(MONDAY + to, () => platforms.sandbox.switchOutage(platform, 'none'));
  }
  agenda.at(MONDAY + ASLEEP.from, () => office.sleep(true), true);
  agenda.at(MONDAY + ASLEEP.to, () => office.sleep(false), true);
  await agenda.runUntil(end);

  const counted = { ...students.counted, ...mornings.counted, ...office.counted };
  const attempts = Object.fromEntries(Object.entries(callbacks.counted).map(([name, count]) => [`callback-${name}`, count]));
  await laws.end(businessDay(end - 2 * DAY_MS), businessDay(MONDAY));
  const entries = [...laws.entries()];
  const byBill = laws.differences().filter(({ act, actState }) => act === 'credit' && actState === 'done').length;
  const returned = entries.filter(({ kind }) => kind === 'refund-returned').length;
  const digest = createHash('sha256');
  for (const entry of entries) digest.update(JSON.stringify(toItem(entry)));
  return { counted: { ...counted, ...attempts, entries: entries.length, returned, byBill }, digest: digest.digest('hex') };
}

/** Top-ups, sales and refunds of a day, many of them near to midnight and to the hour at which yesterday is closed. */
function planDay(parts: {
  readonly agenda: Agenda;
  readonly chance: Chance;
  readonly students: Students;
  readonly midnight: number;
  readonly orders: number;
}): void {
  const { agenda, chance, students, midnight, orders } = parts;
  const when = () =>
    midnight +
    chance.pick([
      chance.below(DAY_MS),
      chance.between(7 * HOUR, 21 * HOUR),
      chance.between(9.9 * HOUR, 10.2 * HOUR),
      DAY_MS - chance.between(1, 20 * MINUTE),
    ]);
  for (let index = 0; index < orders; index += 1) agenda.at(when(), () => students.topUp());
  for (let index = 0; index < orders; index += 1) agenda.at(when(), () => students.buy(), true);
  for (let index = 0; index < orders / 3; index += 1) agenda.at(when(), () => students.giveBack());
  for (let index = 0; index < Math.max(1, orders / 40); index += 1) agenda.at(when(), () => students.orphan());
}

function everyMinute({ agenda, chance, office, end }: { agenda: Agenda; chance: Chance; office: Office; end: number }): void {
  const again = (): void => {
    if (agenda.now + MINUTE < end) agenda.after(MINUTE, tick);
  };
  const tick = async (): Promise<void> => {
    again();
    await office.sweep();
    // Indexes lag behind by up to a minute.
    office.model.catchUp();
  };
  agenda.after(chance.between(1, MINUTE), tick);
}

import type { Lie } from '../../../sandbox/state';
import { businessDay, DAY_MS } from '../../../shared/time';
import type { PlatformChannel } from '../../domain/order';
import type { ReconciliationState } from '../../store/reconciliations';
import { SCHOOL } from '../finance-world';
import { Broken } from '../simulation/broken';
import type { Agenda } from './agenda';
import { CHANNELS } from './channels';
import type { Laws } from './laws';
import type { Network } from './network';
import type { Office } from './office';
import { KEEPERS, type Platforms } from './platforms';

const HOUR = 3_600_000;
const MINUTE = 60_000;

interface ToldLie {
  readonly channel: PlatformChannel;
  readonly lie: Lie;
  /** What the day must be called while the bill lies so. */
  readonly until: readonly ReconciliationState[];
}

/** Which bill lies on which morning of the week, for an hour. */
const LIES: readonly (readonly ToldLie[])[] = [
  [],
  [
    { channel: 'wechat-pay', lie: 'cut-file', until: ['failed'] },
    { channel: 'alipay', lie: 'duplicate-line', until: ['held'] },
  ],
  [
    { channel: 'wechat-pay', lie: 'missing-line', until: ['held'] },
    // Alipay has one answer for a bill that is not made yet and for a day without trades: a book that is not empty gives it away.
    { channel: 'alipay', lie: 'not-ready', until: ['waiting', 'held', 'open'] },
  ],
  [
    { channel: 'wechat-pay', lie: 'not-ready', until: ['waiting'] },
    { channel: 'alipay', lie: 'wrong-total', until: ['failed'] },
  ],
  [
    { channel: 'wechat-pay', lie: 'changed-amount', until: ['held'] },
    { channel: 'alipay', lie: 'missing-line', until: ['held'] },
  ],
  [
    { channel: 'wechat-pay', lie: 'other-merchant', until: ['failed'] },
    { channel: 'alipay', lie: 'changed-amount', until: ['held'] },
  ],
  [
    { channel: 'wechat-pay', lie: 'duplicate-line', until: ['held'] },
    { channel: 'alipay', lie: 'cut-archive', until: ['waiting', 'failed'] },
  ],
];

const ABOUT_A_LINE: readonly Lie[] = ['missing-line', 'duplicate-line', 'changed-amount'];

/** After an hour the bill is right: nothing of it may wait for a person any more. */
const EXPLAINED: readonly ReconciliationState[] = ['balanced', 'healed', 'open'];

/**
 * What finance's jobs do from ten o'clock on, and what must be so after each of them: while the bill lies the day is nobody's proof; an hour
 * later every difference has its act.
 */
export class Mornings {
  readonly counted = { lies: 0, healed: 0, days: 0 };
  readonly #agenda: Agenda;
  readonly #network: Network;
  readonly #office: Office;
  readonly #platforms: Platforms;
  readonly #laws: Laws;
  /** A quiet day may have no line that this morning's lie could be about. */
  #told: ToldLie[] = [];

  constructor(parts: {
    readonly agenda: Agenda;
    readonly network: Network;
    readonly office: Office;
    readonly platforms: Platforms;
    readonly laws: Laws;
  }) {
    this.#agenda = parts.agenda;
    this.#network = parts.network;
    this.#office = parts.office;
    this.#platforms = parts.platforms;
    this.#laws = parts.laws;
  }

  /** `number`: of the morning, 0 the first; `midnight` begins its day. */
  plan(number: number, midnight: number): void {
    const yesterday = businessDay(midnight - DAY_MS / 2);
    const ten = midnight + 10 * HOUR;
    const lies = LIES[number] ?? [];
    // Somebody who is in a hurry: no day is reconciled or closed before its bill can be there.
    this.#agenda.at(ten - 5 * MINUTE, () => this.#tooEarly(yesterday), true);
    this.#agenda.at(ten + MINUTE, () => this.#lie(lies, yesterday), true);
    this.#agenda.at(ten + 6 * MINUTE, () => this.#firstRun(yesterday), true);
    this.#agenda.at(ten + 50 * MINUTE, () => this.#beHonest(yesterday), true);
    this.#agenda.at(ten + 65 * MINUTE, () => this.#secondRun(yesterday), true);
  }

  async #tooEarly(yesterday: string): Promise<void> {
    await this.#office.closeDays();
    await this.#office.reconcile();
    const closed = await this.#office.finance.deps.sheets.find(SCHOOL, yesterday);
    const records = await Promise.all(CHANNELS.map((channel) => this.#record(channel, yesterday)));
    if (closed !== undefined || records.some((record) => record !== undefined)) throw new Broken(`${yesterday} is closed before its time`);
  }

  async #lie(lies: readonly ToldLie[], day: string): Promise<void> {
    const { sandbox } = this.#platforms;
    this.#told = [];
    for (const told of lies) {
      const { channel, lie } = told;
      const target = ABOUT_A_LINE.includes(lie) ? await this.#target(channel, lie, day) : undefined;
      if (target === undefined && ABOUT_A_LINE.includes(lie)) continue;
      sandbox.books.lie({ platform: KEEPERS[channel], day, lie, ...(target === undefined ? {} : { target }) });
      this.#told.push(told);
      this.counted.lies += 1;
    }
  }

  /** A payment that a lie of one line is about: one that we know of, so that the lie is seen; of another amount, rather one that nobody told us of. */
  async #target(channel: PlatformChannel, lie: Lie, day: string): Promise<string | undefined> {
    const midnight = Date.parse(`${day}T00:00:00+08:00`);
    const credited: string[] = [];
    const open: string[] = [];
    for (const { kind, at, orderNo } of this.#platforms.sandbox.books.lines(KEEPERS[channel], day)) {
      if (kind !== 'payment' || at < midnight + HOUR || at > midnight + 23 * HOUR) continue;
      const order = await this.#office.deps.orders.find(SCHOOL, orderNo);
      if (order?.state === 'credited' && businessDay(order.credit.creditedAt) === day) credited.push(orderNo);
      else if (order !== undefined && order.state !== 'credited') open.push(orderNo);
    }
    return lie === 'changed-amount' ? (open[0] ?? credited[0]) : credited[0];
  }

  async #firstRun(day: string): Promise<void> {
    await this.#inCalm(this.#told.length > 0, async () => {
      await this.#office.closeDays();
      await this.#laws.daySums(day);
      await this.#office.reconcile();
    });
    this.#laws.always();
    for (const { channel, lie, until } of this.#told) {
      const state = (await this.#record(channel, day))?.state;
      if (state === undefined || !until.includes(state)) throw new Broken(`with ${lie} ${channel} of ${day} is called ${state}`);
    }
  }

  async #beHonest(day: string): Promise<void> {
    for (const channel of CHANNELS) this.#platforms.sandbox.books.beHonest(KEEPERS[channel], day);
  }

  async #secondRun(day: string): Promise<void> {
    await this.#inCalm(true, async () => {
      await this.#office.reconcile();
      await this.#office.closeDays();
    });
    this.#laws.always();
    for (const channel of CHANNELS) {
      const record = await this.#record(channel, day);
      if (record === undefined || !EXPLAINED.includes(record.state)) {
        const rows = await this.#office.reconcileDeps.reconciliations.differences(SCHOOL, channel, day);
        const open = rows.filter(({ actState }) => actState === 'held' || actState === 'failed');
        throw new Broken(`${channel} of ${day} is called ${record?.state}: ${record?.failure ?? JSON.stringify(open[0])}`);
      }
      if (record.state === 'healed') this.counted.healed += 1;
    }
    this.counted.days += 1;
    await this.#laws.morning(day);
  }

  #record(channel: PlatformChannel, day: string) {
    return this.#office.reconcileDeps.reconciliations.find(SCHOOL, channel, day);
  }

  /** With a network that behaves, so that what is seen is the bill's doing. */
  async #inCalm(calm: boolean, run: () => Promise<void>): Promise<void> {
    const before = { ...this.#network.weather };
    if (calm) Object.assign(this.#network.weather, { requestLost: 0, answerLost: 0 });
    try {
      await run();
    } finally {
      Object.assign(this.#network.weather, before);
    }
  }
}

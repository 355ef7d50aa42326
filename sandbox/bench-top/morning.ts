import * as v from 'valibot';
import type { ReconciliationReply } from '../../shared/api/finance';
import { businessDay, CHINA_OFFSET_MINUTES } from '../../shared/time';
import { isLie, lieTable } from '../bills/lies';
import { LOCAL_STAFF } from '../local/seed-staff';
import type { BenchParts } from '../local/stack';
import { createPayer, type Payer } from './payers';

/** The morning after, on the bench: what happened at the platforms on a closed day, what their bills say of it, and what finance reads. */
export interface Morning {
  view(): Promise<MorningView>;
  /** Whether what is paid from now on is of that day in the platforms' books. */
  setClock(wish: v.InferOutput<typeof clockSchema>): Promise<MorningView>;
  /** Students top up on that day; some callbacks never come. */
  traffic(): Promise<MorningView>;
  lie(wish: v.InferOutput<typeof lieSchema>): Promise<MorningView>;
  /** The job of the morning, for that day. */
  run(): Promise<MorningView>;
}

export interface MorningView {
  readonly day: string;
  readonly isThatDay: boolean;
  readonly lies: readonly {
    readonly name: string;
    readonly zh: string;
    readonly en: string;
    readonly on: readonly string[];
    readonly told: readonly string[];
  }[];
  readonly records: readonly (ReconciliationReply & { readonly schoolId: string })[];
  readonly staff: { readonly users: readonly string[]; readonly password: string };
}

const platform = v.picklist(['wechatPay', 'alipay']);
export const clockSchema = v.object({ isThatDay: v.boolean() });
/** null: honest again. */
export const lieSchema = v.object({ platform, lie: v.nullable(v.pipe(v.string(), v.check(isLie))) });

const CHANNELS = ['wechat-pay', 'alipay', 'pos'] as const;
const FINANCE = 'finance-1';
/** Long enough after the end of a day that both platforms have made its bill: 24 hours and 10. */
const CLOSED_AFTER_MS = 34 * 3_600_000;

export function createMorning(parts: BenchParts, world: { readonly fetch: typeof fetch; readonly clock: () => number }): Morning {
  const { sandbox, secrets, packs, functionsUrl } = parts;
  const { books, state } = sandbox.world;
  const sessions = new Map<string, string>();
  const payers = new Map<string, Promise<Payer>>();
  const day = (): string => businessDay(world.clock() - CLOSED_AFTER_MS, CHINA_OFFSET_MINUTES);
  const noon = (): number => Date.parse(`${day()}T12:00:00+08:00`);
  const isThatDay = (): boolean => businessDay(books.time(), CHINA_OFFSET_MINUTES) === day();

  async function signIn(schoolId: string): Promise<string> {
    const body = JSON.stringify({ schoolId, userName: FINANCE, password: secrets.staffPassword });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const reply = await world.fetch(`${functionsUrl}/staff/sign-in`, init);
    if (!reply.ok) throw new Error(`${FINANCE}: ${reply.status}`);
    const { sessionToken } = v.parse(v.object({ sessionToken: v.string() }), await reply.json());
    sessions.set(schoolId, sessionToken);
    return sessionToken;
  }

  /** As finance's own page would read it. Undefined where there is no record yet. */
  async function record(schoolId: string, channel: string): Promise<ReconciliationReply | undefined> {
    for (let tries = 0; tries < 2; tries += 1) {
      const token = sessions.get(schoolId) ?? (await signIn(schoolId));
      const url = `${functionsUrl}/staff/reconciliations/${channel}/${day()}`;
      const reply = await world.fetch(url, { headers: { authorization: `Bearer ${token}` } });
      // The session may be one of before a restart.
      if (reply.status === 401) sessions.delete(schoolId);
      else if (reply.status === 404) return undefined;
      else if (!reply.ok) throw new Error(`${url}: ${reply.status}`);
      // The product's own answer, of the shape that shared/ says.
      else return (await reply.json()) as ReconciliationReply;
    }
    throw new Error('finance cannot sign in');
  }

  async function records(): Promise<MorningView['records']> {
    const found: (MorningView['records'][number] | undefined)[] = [];
    for (const { schoolId } of packs) {
      const of = await Promise.all(CHANNELS.map((channel) => record(schoolId, channel)));
      found.push(...of.map((one) => one && { ...one, schoolId }));
    }
    return found.flatMap((one) => (one === undefined ? [] : [one]));
  }

  async function view(): Promise<MorningView> {
    const told = state.billLies.filter((lie) => lie.day === day());
    return {
      day: day(),
      isThatDay: isThatDay(),
      lies: Object.entries(lieTable).map(([name, text]) => ({
        ...{ name, ...text },
        told: told.filter(({ lie }) => lie === name).map((lie) => lie.platform),
      })),
      records: await records(),
      staff: { users: LOCAL_STAFF.map(({ userName }) => userName), password: secrets.staffPassword },
    };
  }

  async function thatDay(act: () => Promise<void>): Promise<void> {
    const wasThatDay = isThatDay();
    books.setTime(noon());
    try {
      await act();
    } finally {
      if (!wasThatDay) books.setTime(undefined);
    }
  }

  const payer = (schoolId: string, app: 'wechat' | 'alipay'): Promise<Payer> => {
    const known = payers.get(`${schoolId}/${app}`) ?? createPayer(parts, schoolId, app);
    payers.set(`${schoolId}/${app}`, known);
    known.catch(() => payers.delete(`${schoolId}/${app}`));
    return known;
  };

  return {
    view,
    async setClock({ isThatDay: wished }) {
      books.setTime(wished ? noon() : undefined);
      return view();
    },
    async traffic() {
      await thatDay(async () => {
        const [one, two] = [await payer('shanghaitech', 'wechat'), await payer('bistu', 'alipay')];
        await one.topUp(5_000, false);
        await one.topUp(3_000, true);
        await two.topUp(10_000, false);
        await two.topUp(2_000, true);
      });
      return view();
    },
    lie({ platform: of, lie }) {
      if (lie === null) books.beHonest(of, day());
      else if (isLie(lie)) books.lie({ platform: of, day: day(), lie });
      return view();
    },
    async run() {
      await parts.invoke('reconcile', { day: day() });
      return view();
    },
  };
}

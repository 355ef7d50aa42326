import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { topUpDraft } from '../../functions/domain/account-changes';
import { writeCardNumber } from '../../functions/domain/card-number';
import { chipKey, chipMac, codeWeekKey, deriveSchoolKeys, handleOf, type SchoolKeys } from '../../functions/domain/school-keys';
import type { HttpRequest } from '../../functions/lib/http';
import { authorizePayment } from '../../functions/operations/authorize-payment';
import { createTerminals } from '../../functions/store/terminals';
import { createSalePartsOn } from '../../functions/wiring/sale-parts';
import type { SaleBody } from '../../shared/api/terminal';
import { terminalSignedText } from '../../shared/api/terminal';
import { stepAt } from '../../shared/code-format';
import { makeCode, weekOfStep } from '../../shared/code-mac';
import { fen } from '../../shared/money';
import { type BenchWorld, startBenchWorld } from './bench-world';
import { total } from './capacity';
import type { BenchResult } from './report';

const SCHOOL = 'shanghaitech';
const TERMINAL = 7;

export interface PaymentCost {
  readonly calls: number;
  readonly tableRead: number;
  readonly tableWrite: number;
  readonly indexWrite: number;
}

type Kind = 'code' | 'card';
type Case = PaymentCost & { readonly case: string; readonly legs: number; readonly entry: number };

const HOUR_MS = 3_600_000;

/** The product's clock is `Date.now`, read at every use. */
async function inThePast<T>(byMs: number, work: () => Promise<T>): Promise<T> {
  const present = Date.now;
  Date.now = () => present() - byMs;
  try {
    return await work();
  } finally {
    Date.now = present;
  }
}

/**
 * Signed charges through everything the payment function does behind its entry: verification, pack, the account's
 * name, the head, the entry. Charges before the counted ones fill the caches, which live ten seconds. The summary is
 * the worst of the ordinary cases.
 */
export async function measurePayment(): Promise<BenchResult<PaymentCost>> {
  const world = await startBenchWorld(SCHOOL);
  try {
    const masterKey = new Uint8Array(32).fill(7);
    const till = await enrolTerminal(world, deriveSchoolKeys(masterKey, SCHOOL));
    const { deps, readSale } = createSalePartsOn(world.database, masterKey);
    const charge = async (kind: Kind, accountNo: number) => {
      const request = await till.request(kind, accountNo, 1_250);
      world.take();
      const answer = await authorizePayment(deps, await readSale('charge', request));
      if (answer.outcome !== 'charged') throw new Error(`not charged: ${JSON.stringify(answer)}`);
      return { entry: answer.entry, calls: world.take() };
    };

    const regular = await inThePast(HOUR_MS, async () => {
      const accountNo = await fundedAccount(world, { card: 100_000, transit: 0 });
      for (let sale = 0; sale < 12; sale += 1) await charge('card', accountNo);
      return accountNo;
    });
    const busy = await fundedAccount(world, { card: 100_000, transit: 0 });
    for (let sale = 0; sale < 9; sale += 1) await charge('card', busy);

    const cases: Case[] = [];
    const count = async (name: string, kind: Kind, accountNo: number) => {
      const { entry, calls } = await charge(kind, accountNo);
      cases.push({ case: `by ${kind}, ${name}`, ...cost(calls), legs: entry.postings.length, entry: entry.n });
    };
    for (const kind of ['code', 'card'] as const) {
      await count('first sale', kind, await fundedAccount(world, { card: 10_000, transit: 0 }));
      await count('claims what waits', kind, await fundedAccount(world, { card: 0, transit: 10_000 }));
      await count('with a history', kind, regular);
    }
    const ordinary = [...cases];
    // Not in the summary: the last eight terminal entries do not reach back 30 s, so the id is looked for beyond them.
    await count('tenth sale within 30 s', 'card', busy);
    const worst = (name: keyof PaymentCost) => Math.max(...ordinary.map((one) => one[name]));
    const summary = {
      calls: worst('calls'),
      tableRead: worst('tableRead'),
      tableWrite: worst('tableWrite'),
      indexWrite: worst('indexWrite'),
    };
    return { summary, cases };
  } finally {
    await world.stop();
  }
}

function cost(calls: ReturnType<BenchWorld['take']>): PaymentCost {
  const { indexRead, ...units } = total(calls);
  if (indexRead !== 0) throw new Error('a charge read an index');
  return units;
}

async function fundedAccount(world: BenchWorld, money: { readonly card: number; readonly transit: number }): Promise<number> {
  const accountNo = await world.openAccount();
  for (const [mode, amount] of [
    ['realtime', money.card],
    ['claim', money.transit],
  ] as const) {
    if (amount === 0) continue;
    const pack = { ...world.pack, arrival: { ...world.pack.arrival, mode } };
    const credit = {
      orderNo: `${SCHOOL}0123456789ABCDE`,
      channel: 'wechat-pay',
      amountFen: fen(amount),
      paidAt: Date.now(),
      recordedAt: Date.now(),
    } as const;
    await world.change(accountNo, (head) => topUpDraft(head, credit, pack));
  }
  return accountNo;
}

async function enrolTerminal(world: BenchWorld, keys: SchoolKeys) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // The raw key is the last 32 bytes of its SubjectPublicKeyInfo.
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  await createTerminals(world.database).save({
    schoolId: SCHOOL,
    terminal: TERMINAL,
    publicKey: raw,
    merchant: 12,
    name: 'bench',
    status: 'active',
  });
  let sequence = 0;
  return {
    async request(kind: Kind, accountNo: number, amountFen: number): Promise<HttpRequest> {
      sequence += 1;
      const common = { schoolId: SCHOOL, terminal: TERMINAL, sequence, amountFen, occurredAt: Date.now() };
      return signed(privateKey, kind === 'code' ? await byCode(world, keys, accountNo, common) : byCard(keys, accountNo, common));
    },
  };
}

interface Common {
  readonly schoolId: string;
  readonly terminal: number;
  readonly sequence: number;
  readonly amountFen: number;
  readonly occurredAt: number;
}

async function byCode(world: BenchWorld, keys: SchoolKeys, accountNo: number, common: Common): Promise<SaleBody> {
  const head = await world.passbook.head(SCHOOL, accountNo);
  const handle = handleOf(keys, accountNo);
  const step = stepAt(common.occurredAt);
  const key = codeWeekKey(keys, { handle, slot: 0, keyVersion: head?.state.apps[0]?.keyVersion ?? 0, week: weekOfStep(step) });
  return { ...common, kind: 'charge-code', code: makeCode(key, { kind: 'card', handle, step, slot: 0, schoolId: SCHOOL }) };
}

function byCard(keys: SchoolKeys, accountNo: number, common: Common): SaleBody {
  const card = writeCardNumber({ accountNo, issue: 1 });
  const counter = common.sequence;
  return {
    ...common,
    kind: 'charge-card',
    card,
    chip: { counter, mac: chipMac(chipKey(keys, card), { ...common, amountFen: fen(common.amountFen), counter }) },
  };
}

function signed(privateKey: KeyObject, body: SaleBody): HttpRequest {
  const rawBody = new Uint8Array(Buffer.from(JSON.stringify(body)));
  const sentAt = Date.now();
  const { schoolId, terminal } = body;
  const bodySha256 = createHash('sha256').update(rawBody).digest('hex');
  const text = terminalSignedText({ purpose: 'charge', schoolId, terminal, attempt: 1, sentAt, bodySha256 });
  const headers = {
    'x-ecode-school': schoolId,
    'x-ecode-terminal': String(terminal),
    'x-ecode-attempt': '1',
    'x-ecode-sent-at': String(sentAt),
    'x-ecode-signature': sign(null, Buffer.from(text), privateKey).toString('base64'),
  };
  return { method: 'POST', path: '/terminal/charges', headers, query: {}, rawBody, sourceIp: '127.0.0.1', requestId: 'bench' };
}

import { CardChip } from '../../sandbox/terminals/physical-card';
import { Pos } from '../../sandbox/terminals/pos';
import { newTerminalKey } from '../../sandbox/terminals/signed-request';
import type { CodeKind } from '../../shared/code-format';
import { AppError, errorTable, isAppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { topUpDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import { chipKey } from '../domain/school-keys';
import { errorReply, type HttpReply, type HttpRequest } from '../lib/http';
import { authorizePayment } from '../operations/authorize-payment';
import { drawHold } from '../operations/draw-hold';
import { querySale } from '../operations/query-sale';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { renderSale } from '../terminal/render-sale';
import { createSalePartsOn } from '../wiring/sale-parts';
import { HeldSaleFixture } from './held-sale-fixture';
import { createModelDatabase } from './model-database';
import { SaleFixture } from './sale-fixture';

/** What the guides say of a canteen's POS, on a till that speaks the signed terminal API: its bytes go through the function's own wiring. */
async function tillOver(till: SaleFixture, database: ReturnType<typeof createModelDatabase>): Promise<Pos> {
  await createSchools(database).publish(till.pack);
  const key = newTerminalKey();
  const { schoolId } = till;
  await createTerminals(database).save({ schoolId, terminal: 7, publicKey: key.publicKey, merchant: 12, name: '一食堂', status: 'active' });
  const { deps, readSale } = createSalePartsOn(database, new Uint8Array(32).fill(7));
  const answer = async (request: HttpRequest): Promise<HttpReply> => {
    if (request.path === '/terminal/charges')
      return renderSale(await authorizePayment(deps, await readSale('charge', request)), Date.now());
    if (request.path === '/terminal/charges/query') return renderSale(await querySale(deps, await readSale('query', request)), Date.now());
    throw new AppError('request.not-found');
  };
  const inProcess: typeof fetch = async (input, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const rawBody = new TextEncoder().encode(String(init?.body));
    const request = { method: 'POST', path: new URL(String(input)).pathname, query: {}, headers, rawBody, sourceIp: '', requestId: '' };
    const reply = await answer(request).catch((error: unknown) => {
      if (isAppError(error)) return errorReply(error, errorTable);
      throw error;
    });
    return new Response(String(reply.body), { status: reply.status });
  };
  let memory: unknown;
  const kept = {
    load: () => memory,
    save: (next: unknown) => {
      memory = next;
    },
  };
  return new Pos({ schoolId, terminal: 7, key }, { fetch: inProcess, clock: Date.now, baseUrl: 'http://till.invalid', memory: kept });
}

async function shop(schoolId: string) {
  const database = createModelDatabase();
  const till = new SaleFixture(database, schoolId);
  till.now = Date.now();
  return { till, pos: await tillOver(till, database) };
}

test('ST-14: what waits is claimed by itself with a purchase at a POS, in the entry of the purchase', async () => {
  const { till, pos } = await shop('shanghaitech');
  const accountNo = await till.account({ transitFen: 2_000 });
  const sold = await pos.chargeCode(1_250, await till.code(accountNo));
  expect(sold).toMatchObject({ outcome: 'charged', claimedFen: 2_000, cardFen: 750 });
  const { kind, state } = await till.head(accountNo);
  expect([kind, state.balances.card, state.balances.transit]).toEqual(['charge', 750, 0]);
});

test('BI-02: the physical card and the electronic one are both good, for one balance', async () => {
  const { till, pos } = await shop('bistu');
  const accountNo = await till.account({ cardFen: 2_000 });
  const cardNumber = writeCardNumber({ accountNo, issue: 1 });
  const card = new CardChip({ cardNumber, chipKey: chipKey(till.keys, cardNumber) });
  expect(await pos.chargeCard(500, card)).toMatchObject({ outcome: 'charged', cardFen: 1_500 });
  expect(await pos.chargeCode(300, await till.code(accountNo))).toMatchObject({ outcome: 'charged', cardFen: 1_200 });
  expect(await pos.chargeCard(200, card)).toMatchObject({ outcome: 'charged', cardFen: 1_000 });
  expect((await till.head(accountNo)).state.balances.card).toBe(1_000);
});

test('BI-05: the campus code at a POS is paid from the balance of the campus card', async () => {
  const { till, pos } = await shop('bistu');
  const accountNo = await till.account({ cardFen: 2_000 });
  await till.change(accountNo, (head) => ({
    ...{ kind: 'card-synced', entryId: 'synced', postings: [], occurredAt: till.now },
    state: { ...head.state, synced: true },
  }));
  expect(await pos.chargeCode(1_250, await till.code(accountNo))).toMatchObject({ outcome: 'charged', amountFen: 1_250, cardFen: 750 });
  expect((await till.head(accountNo)).state.balances.card).toBe(750);
});

describe('DL-39, DL-40: the payment code in the canteen, from 校园卡 or 电子钱包', () => {
  it.each<[CodeKind, string, { card: number; wallet: number }]>([
    ['card', '校园卡 takes the money of the physical card', { card: 3_800, wallet: 3_000 }],
    ['wallet', '电子钱包 takes the money of the wallet', { card: 5_000, wallet: 1_800 }],
  ])('DL-40: %s: %s', async (kind, _, balances) => {
    const database = createModelDatabase();
    const held = new HeldSaleFixture(database);
    held.till.now = Date.now();
    const pos = await tillOver(held.till, database);
    const accountNo = await held.holder(3_000);
    const onCard: RulePack = { ...held.till.pack, arrival: { ...held.till.pack.arrival, mode: 'realtime' } };
    const credit = {
      orderNo: 'card',
      channel: 'wechat-pay',
      amountFen: fen(5_000),
      paidAt: held.till.now,
      recordedAt: held.till.now,
    } as const;
    await held.till.change(accountNo, (head) => topUpDraft(head, credit, onCard));
    const code = await held.till.code(accountNo, { kind });
    expect(code.startsWith(kind === 'card' ? '91' : '92')).toBe(true);
    expect(await pos.chargeCode(1_200, code)).toMatchObject({ outcome: 'charged', amountFen: 1_200 });
    expect((await held.till.head(accountNo)).state.balances).toMatchObject(balances);
  });

  it('DL-40: a wallet that is short asks the bound bank card; the till waits and asks again', async () => {
    const database = createModelDatabase();
    const held = new HeldSaleFixture(database);
    held.till.now = Date.now();
    const pos = await tillOver(held.till, database);
    const accountNo = await held.holder(300);
    const first = await pos.chargeCode(1_200, await held.till.code(accountNo, { kind: 'wallet' }));
    expect(first).toMatchObject({ definite: false });
    const hold = await held.till.head(accountNo);
    expect(hold.kind).toBe('hold');
    await drawHold(held.deps, { schoolId: 'dufl', accountNo, n: hold.n });
    expect(await pos.query()).toMatchObject({ outcome: 'charged', amountFen: 1_200 });
    expect(held.bank.sumOf('debit')).toBe(900);
  });

  it('DL-39: the screen’s code pays once; the same code again is refused and says what to do', async () => {
    const { till, pos } = await shop('dufl');
    const accountNo = await till.account({ cardFen: 2_000 });
    const code = await till.code(accountNo);
    expect(await pos.chargeCode(700, code)).toMatchObject({ outcome: 'charged' });
    expect(await pos.chargeCode(700, code)).toMatchObject({ outcome: 'not-charged', code: 'code.used' });
    expect((await till.head(accountNo)).state.balances.card).toBe(1_300);
  });
});

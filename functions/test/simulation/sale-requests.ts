import { createHash } from 'node:crypto';
import type { SaleBody } from '../../../shared/api/terminal';
import { isAppError } from '../../../shared/errors';
import { fen } from '../../../shared/money';
import { chipMac } from '../../domain/school-keys';
import { authorizePayment, type SaleAnswer, type SaleRequest } from '../../operations/authorize-payment';
import { querySale } from '../../operations/query-sale';
import { voidSale } from '../../operations/void-sale';
import { createPassbook } from '../../store/passbook';
import { createReversals } from '../../store/reversals';
import type { Cardholder } from './cardholder';
import type { FunctionInstance } from './function-instance';
import { type Outcome, send } from './network';
import type { ShownCode } from './phone';
import type { SaleRecord } from './records';
import type { World } from './world';

/** A terminal's number and the merchant it sells for; its clock is off by a constant. */
export interface TillFacts {
  readonly terminal: number;
  readonly merchant: number;
  readonly skewMs: number;
}

export interface Sale {
  readonly record: SaleRecord;
  /** What is signed: the same in every attempt, query and void. */
  readonly body: SaleBody;
  /** The cashier takes it back. */
  mustVoid: boolean;
}

const PATIENCE_MS = 4_000;

/** Begins a sale: the terminal writes down what it will sign before anything is sent. */
export function newSale(world: World, till: TillFacts, sequence: number, buyer: Cardholder): Sale {
  const { chance, mix, pack, scheduler } = world;
  // Where meals are limited most sales are small, so that many pass and some meet the limit.
  const usual = pack.limits.perMealPeriodFen === undefined ? 300 : 30;
  const amountFen = fen(chance.is(0.05) ? chance.between(500, 4_000) : chance.between(1, usual));
  const occurredAt = scheduler.now + till.skewMs;
  const common = { schoolId: pack.schoolId, terminal: till.terminal, sequence, amountFen, occurredAt };
  const code = chance.is(mix.codes) ? showCode(world, buyer) : undefined;
  let means: SaleRecord['means'] = { by: 'card' };
  let body: SaleBody;
  if (code === undefined) {
    const counter = buyer.nextCounter();
    const mac = chipMac(buyer.chipKey, { schoolId: pack.schoolId, terminal: till.terminal, sequence, amountFen, counter });
    body = { ...common, kind: 'charge-card', card: buyer.cardNumber, chip: { counter, mac } };
  } else {
    means = { by: 'code', slot: code.slot, step: code.step, keyVersion: code.keyVersion };
    body = { ...common, kind: 'charge-code', code: code.digits };
  }
  const entryId = `${till.terminal}-${sequence}`;
  const record: SaleRecord = {
    entryId,
    accountNo: buyer.accountNo,
    amountFen,
    bodyHash: hashOf(body),
    occurredAt,
    means,
    begun: 0,
    refusedSoftly: false,
    said: 'nothing',
    reason: undefined,
    voided: false,
  };
  world.watch.sales.set(entryId, record);
  world.watch.tell(() => `sale ${entryId} on ${buyer.accountNo} ${amountFen} fen by ${JSON.stringify(means)} C=${occurredAt}`);
  return { record, body, mustVoid: false };
}

function hashOf(body: SaleBody): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

/** Undefined when none of the buyer's phones can show a code: then the card is tapped. */
function showCode({ chance, mix }: World, buyer: Cardholder): ShownCode | undefined {
  const { screen } = buyer.anyApp();
  return chance.is(0.3) ? screen?.showAny() : screen?.show(chance.is(mix.reusedCodes));
}

type Ask = 'charge' | 'query' | 'void';

/** One request about a sale, over the network. Undefined when no answer came, or none about the sale. */
export async function ask(world: World, till: TillFacts, sale: Sale, what: Ask, attempt: number): Promise<SaleAnswer | undefined> {
  const { body } = sale;
  // Hashed anew: the bytes of this very request.
  const request: SaleRequest = { body, bodyHash: hashOf(body), attempt, merchant: till.merchant, pack: world.pack, keys: world.keys };
  const outcome: Outcome<SaleAnswer | undefined> = await send(
    world,
    async (instance) => {
      world.operations += 1;
      world.watch.tell(() => `begins ${what} ${sale.record.entryId} attempt ${attempt}`);
      if (what === 'charge') sale.record.begun += 1;
      return answer(world, instance, sale.record, what, request);
    },
    PATIENCE_MS,
  );
  return 'answer' in outcome ? outcome.answer : undefined;
}

async function answer(
  world: World,
  instance: FunctionInstance,
  record: SaleRecord,
  what: Ask,
  request: SaleRequest,
): Promise<SaleAnswer | undefined> {
  const { database, clock, backOff } = instance;
  const deps = { passbook: createPassbook(database), reversals: createReversals(database), clock, backOff, ownCard: async () => undefined };
  const since = world.watch.accounts.get(record.accountNo)?.newest ?? 0;
  // Between the signature check and the operation lies the look-up of the terminal.
  await instance.pause();
  try {
    const said = await run(what)(deps, request);
    world.watch.answered(record, said, since);
    return said;
  } catch (error) {
    if (!isAppError(error)) throw error;
    world.watch.refused(record, error.code);
    return undefined;
  }
}

function run(what: Ask): typeof voidSale {
  switch (what) {
    case 'charge':
      return authorizePayment;
    case 'query':
      return querySale;
    case 'void':
      return voidSale;
  }
}

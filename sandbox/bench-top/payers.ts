import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { initialPasswords } from '../../functions/domain/initial-password';
import { createDynamoDatabase } from '../../functions/store/dynamo-database';
import { createOrders } from '../../functions/store/orders';
import { POLICY_DAY } from '../../shared/privacy-policy';
import type { BenchParts } from '../local/stack';
import { localClient } from '../local/tables';
import { generatePeople } from '../roster/people';

/** A student nobody watches, with a phone that only tops up. */
export interface Payer {
  readonly schoolId: string;
  /** One top-up, paid. `lost`: its callback never comes, and nobody asks the platform before the bill does. */
  topUp(amountFen: number, lost: boolean): Promise<string>;
}

const sessionSchema = v.object({ sessionToken: v.string() });
const orderSchema = v.object({ orderNo: v.string(), payParams: v.record(v.string(), v.string()) });
/** The first ones of a roster are the bench's own people; every stack has at least so many more. */
const LOOKED_AT = 12;
const A_DAY_MS = 86_400_000;

export async function createPayer(parts: BenchParts, schoolId: string, app: 'wechat' | 'alipay'): Promise<Payer> {
  const { world } = parts.sandbox;
  const { id: person } = world.addPerson(`payer-${schoolId}-${app}`);
  const code = world.loginCode({ app, flow: 'mini-program', person });
  const { sessionToken } = v.parse(sessionSchema, await ask(parts, '/student/sign-in', { platform: `${app}-mini`, code }));
  await bindSomebody(parts, schoolId, sessionToken);
  return {
    schoolId,
    async topUp(amountFen, lost) {
      const channel = app === 'wechat' ? 'wechat-pay' : 'alipay';
      const wish = { requestId: randomUUID(), amountFen, channel };
      const { orderNo, payParams } = v.parse(orderSchema, await ask(parts, '/student/top-ups', wish, sessionToken));
      if (lost) {
        world.switchFault({ fault: 'lost', attempts: null }, orderNo);
        await forget(parts, schoolId, orderNo);
      }
      const { cashier, keys } = world;
      const opening =
        app === 'wechat'
          ? cashier.openWechat({ ...payParams, appId: keys.wechatApps.miniProgram.appid }, person)
          : cashier.openAlipay(payParams, person);
      if ('refusal' in opening) throw new Error(opening.refusal);
      cashier.pay(opening.cashier.id);
      return orderNo;
    },
  };
}

/** An account takes a few apps only; after some starts on the same data the next student is tried. */
async function bindSomebody(parts: BenchParts, schoolId: string, token: string): Promise<void> {
  const pack = parts.packs.find((each) => each.schoolId === schoolId);
  if (pack === undefined) throw new Error(`no pack of ${schoolId}`);
  const students = generatePeople(schoolId, LOOKED_AT).filter(({ kind, idTail }) => kind === 'student' && idTail !== '');
  let refusal: unknown;
  const consent = { policyDay: POLICY_DAY, agreedAt: Date.now() };
  for (const { name, number, idTail } of students.slice(1)) {
    const password = initialPasswords(pack.signIn.initialPassword, idTail)[0];
    try {
      await ask(parts, '/student/bind', { schoolId, name, number, password, deviceLabel: 'bench', consent }, token);
      return;
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

/** As if the queue and the sweep were both down: only the bill is left to say that the order was paid. */
async function forget({ dynamodbEndpoint, tables }: BenchParts, schoolId: string, orderNo: string): Promise<void> {
  const client = localClient(dynamodbEndpoint);
  try {
    const orders = createOrders(createDynamoDatabase(DynamoDBDocumentClient.from(client), tables));
    const order = await orders.find(schoolId, orderNo);
    if (order?.state === 'created') await orders.replace({ ...order, dueAt: Date.now() + A_DAY_MS, version: order.version + 1 });
  } finally {
    client.destroy();
  }
}

async function ask(parts: BenchParts, path: string, body: unknown, token?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const reply = await fetch(`${parts.functionsUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

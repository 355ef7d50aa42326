import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import { newTerminalKey, type Purpose, signedHeaders } from '../../sandbox/terminals/signed-request';
import { writeCardNumber } from '../domain/card-number';
import { chipKey, chipMac, deriveSchoolKeys } from '../domain/school-keys';
import { createFieldCipher } from '../lib/field-cipher';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { type LocalFunctions, newLocalSecrets, openAccount, startLocalFunctions } from '../test/local-functions';
import { loadPack } from '../test/sale-fixture';
import { paymentHandlerDeps } from '../wiring/payment';
import { pinChargesHandlerDeps } from '../wiring/terminal-pin-charges';
import { voidsHandlerDeps } from '../wiring/terminal-voids';
import { handler as payment } from './payment';
import { handler as pinCharges } from './pin-charges';
import { handler as voids } from './voids';

/** The three functions that a till with a PIN pad speaks to, over the engine and with the settings of a local deployment. */
const ACCOUNT = 4_321;
const PIN = '654321';
const key = newTerminalKey();
const secrets = newLocalSecrets();
const keys = deriveSchoolKeys(Buffer.from(secrets.masterKey, 'base64'), 'sjtu');
const pack = loadPack('sjtu');
const card = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
let local: LocalFunctions;
let sequence = 0;

beforeAll(async () => {
  local = await startLocalFunctions(secrets, paymentHandlerDeps, pinChargesHandlerDeps, voidsHandlerDeps);
  const { database, settings } = local;
  await createSchools(database).publish(pack);
  const terminal = { schoolId: 'sjtu', terminal: 7, publicKey: key.publicKey, merchant: 12, name: '一食堂', status: 'active' } as const;
  await createTerminals(database).save(terminal);
  const ring = JSON.parse(settings.ECODE_FIELD_KEYS ?? '{}') as { current: string; keys: Record<string, string> };
  const fieldKeys = Object.fromEntries(Object.entries(ring.keys).map(([id, text]) => [id, new Uint8Array(Buffer.from(text, 'base64'))]));
  const cipher = createFieldCipher({ current: ring.current, keys: fieldKeys }, randomBytes);
  await openAccount(database, pack, {
    accountNo: ACCOUNT,
    toppedUpFen: 20_000,
    idTail: cipher.seal({ schoolId: 'sjtu', accountNo: ACCOUNT, field: 'idTail' }, `0${PIN}`),
  });
});
afterAll(() => local.stop());

function pinKeyOfServer() {
  const keyId = (JSON.parse(process.env.ECODE_PIN_KEYS ?? '{}') as { current: string }).current;
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), Buffer.from(secrets.pinKey, 'base64')]);
  const publicKey = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  return { keyId, publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64') };
}

function tap(amountFen: number, more: { pin?: string; prices?: object } = {}): string {
  sequence += 1;
  const name = { schoolId: 'sjtu', terminal: 7, sequence };
  const mac = chipMac(chipKey(keys, card), { ...name, amountFen, counter: sequence });
  const { pin, ...rest } = more;
  const sealed = pin === undefined ? {} : { pin: sealPin(pin, pinKeyOfServer(), name) };
  return JSON.stringify({
    ...name,
    amountFen,
    occurredAt: Date.now(),
    kind: 'charge-card',
    card,
    chip: { counter: sequence, mac },
    ...rest,
    ...sealed,
  });
}

async function send(path: string, body: string, purpose: Purpose = 'charge', attempt = 1) {
  const headers = signedHeaders(key, { purpose, schoolId: 'sjtu', terminal: 7, attempt, sentAt: Date.now(), body });
  const handler = path === '/terminal/pin-charges' ? pinCharges : path === '/terminal/voids' ? voids : payment;
  const reply = await handler({ rawPath: path, headers, requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } }, body });
  const said = JSON.parse(reply.body);
  return { status: reply.statusCode, code: said.error?.code ?? said.reason?.code ?? said.outcome, body: said };
}

test('SJ-info-1061: refused above the limit, charged with the password, asked about and taken back where it always is', async () => {
  expect(await send('/terminal/charges', tap(4_200))).toMatchObject({ status: 403, code: 'payment.pin-required' });
  const wrong = tap(4_200, { pin: '000000' });
  expect(await send('/terminal/pin-charges', wrong)).toMatchObject({ status: 403, code: 'payment.pin-wrong', body: { definite: true } });
  expect(await send('/terminal/charges/query', wrong, 'query', 2)).toMatchObject({ code: 'payment.pin-wrong', body: { definite: true } });
  const right = tap(4_200, { pin: PIN });
  expect(await send('/terminal/pin-charges', right)).toMatchObject({
    status: 200,
    code: 'charged',
    body: { amountFen: 4_200, cardFen: 15_800 },
  });
  expect(await send('/terminal/pin-charges', right, 'charge', 2)).toMatchObject({ code: 'charged', body: { cardFen: 15_800 } });
  expect(await send('/terminal/charges/query', right, 'query', 3)).toMatchObject({ code: 'charged' });
  expect(await send('/terminal/voids', right, 'void', 4)).toMatchObject({ code: 'voided', body: { cardFen: 20_000 } });
}, 30_000);

test('a body at the wrong one of the two addresses is malformed, and charges nothing at either', async () => {
  const pinned = tap(4_200, { pin: PIN });
  expect(await send('/terminal/charges', pinned)).toMatchObject({ status: 400, code: 'request.malformed' });
  expect(await send('/terminal/pin-charges', tap(100))).toMatchObject({ status: 400, code: 'request.malformed' });
  expect(await send('/terminal/pin-charges', tap(100, { pin: PIN }).replace('"nonce"', '"once"'))).toMatchObject({
    code: 'request.malformed',
  });
  expect(await send('/terminal/pin-charges', tap(0, { pin: PIN }))).toMatchObject({ code: 'payment.amount-invalid' });
  expect(await send('/terminal/charges', tap(500, { prices: { student: 0 } }))).toMatchObject({ code: 'request.malformed' });
  expect(await send('/terminal/charges', tap(500, { prices: { visitor: 1 } }))).toMatchObject({ code: 'request.malformed' });
}, 30_000);

test('the server takes the price of the holder’s group', async () => {
  const said = await send('/terminal/charges', tap(900, { prices: { student: 700, staff: 900 } }));
  expect(said).toMatchObject({ code: 'charged', body: { amountFen: 700 } });
  expect(said.body).not.toHaveProperty('paidFen');
}, 30_000);

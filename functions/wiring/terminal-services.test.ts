import { createPrivateKey, createPublicKey } from 'node:crypto';
import { sealPin } from '../../sandbox/terminals/seal-pin';
import { newTerminalKey, type Purpose, signedHeaders } from '../../sandbox/terminals/signed-request';
import { writeCardNumber } from '../domain/card-number';
import { chipKey, chipMac, deriveSchoolKeys } from '../domain/school-keys';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { handler } from '../terminal/services';
import { type LocalFunctions, newLocalSecrets, openAccount, startLocalFunctions } from '../test/local-functions';
import { loadPack } from '../test/sale-fixture';
import { servicesHandlerDeps } from './terminal-services';

const SCHOOL = 'shanghaitech';
const ACCOUNT = 4_321;
const key = newTerminalKey();
const secrets = newLocalSecrets();
const keys = deriveSchoolKeys(Buffer.from(secrets.masterKey, 'base64'), SCHOOL);
const pack = loadPack(SCHOOL);
let local: LocalFunctions;
let sequence = 0;

beforeAll(async () => {
  local = await startLocalFunctions(secrets, servicesHandlerDeps);
  const { database } = local;
  await createSchools(database).publish(pack);
  await createTerminals(database).save({
    schoolId: SCHOOL,
    terminal: 31,
    publicKey: key.publicKey,
    merchant: 1,
    name: '圈存机',
    status: 'active',
    takesCash: true,
  });
  await openAccount(database, pack, { accountNo: ACCOUNT, toppedUpFen: 2_000 });
});
afterAll(() => local.stop());

/** An act of the machine with the card on it. */
function act(facts: object, amountFen = 0) {
  sequence += 1;
  const card = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
  const common = { schoolId: SCHOOL, terminal: 31, sequence };
  const mac = chipMac(chipKey(keys, card), { ...common, amountFen, counter: sequence });
  return { ...common, occurredAt: Date.now(), card, chip: { counter: sequence, mac }, ...facts };
}

async function send(purpose: Purpose, rawPath: string, facts: object) {
  const body = JSON.stringify(facts);
  const headers = signedHeaders(key, { purpose, schoolId: SCHOOL, terminal: 31, attempt: 1, sentAt: Date.now(), body });
  const reply = await handler({ rawPath, headers, requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } }, body });
  return { status: reply.statusCode, body: JSON.parse(reply.body) };
}

const pinKeyOfSandbox = (): string => {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), Buffer.from(secrets.pinKey, 'base64')]);
  const publicKey = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
};

it('serves a card from the form to the chip, and takes notes, over the engine and with the settings of a local deployment', async () => {
  const form = await send('claim', '/terminal/claims', act({ kind: 'read' }));
  expect(form).toMatchObject({ status: 200, body: { nameMasked: '测**', transitFen: 2_000, needsPassword: true } });
  const body = act({ kind: 'claim' });
  const pinned = (pin: string) => ({ ...body, pin: sealPin(pin, { keyId: form.body.pinKeyId, publicKey: pinKeyOfSandbox() }, body) });
  expect(await send('claim', '/terminal/claims', pinned('000000'))).toMatchObject({
    status: 401,
    body: { error: { code: 'auth.wrong-password' } },
  });
  const claim = pinned('123456');
  const claimed = await send('claim', '/terminal/claims', claim);
  expect(claimed).toMatchObject({ status: 200, body: { amountFen: 2_000, chipPendingFen: 2_000 } });
  expect((await send('claim', '/terminal/claims', claim)).body).toMatchObject({ write: claimed.body.write, entryId: claimed.body.entryId });
  const report = {
    schoolId: SCHOOL,
    terminal: 31,
    sequence: 99,
    occurredAt: Date.now(),
    card: body.card,
    write: claimed.body.write,
    amountFen: 2_000,
  };
  for (let times = 0; times < 2; times += 1) {
    expect(await send('chip', '/terminal/chip-writes', { ...report, kind: 'written' })).toMatchObject({
      body: { state: 'written', cardFen: 2_000 },
    });
  }
  const notes = [{ denominationFen: 10_000, edition: '2005', count: 1 }];
  const cash = await send('cash', '/terminal/cash', act({ notes, amountFen: 10_000, canWrite: true }, 10_000));
  expect(cash).toMatchObject({ status: 200, body: { arrivedIn: 'chipPending', balances: { chipPendingFen: 10_000 } } });
  expect(await send('claim', '/terminal/nothing', act({ kind: 'read' }))).toMatchObject({ status: 404 });
}, 20_000);

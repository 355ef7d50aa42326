import { CardChip } from '../../sandbox/terminals/physical-card';
import { newTerminalKey, signedHeaders } from '../../sandbox/terminals/signed-request';
import { writeCardNumber } from '../domain/card-number';
import { chipKey, deriveSchoolKeys } from '../domain/school-keys';
import { createSchools } from '../store/schools';
import { createTerminals } from '../store/terminals';
import { handler } from '../terminal/bank';
import { type LocalFunctions, newLocalSecrets, openAccount, startLocalFunctions } from '../test/local-functions';
import { loadPack } from '../test/sale-fixture';
import { bankHandlerDeps } from './terminal-bank';

const SCHOOL = 'shanghaitech';
const ACCOUNT = 4_321;
const key = newTerminalKey();
const secrets = newLocalSecrets();
const keys = deriveSchoolKeys(Buffer.from(secrets.masterKey, 'base64'), SCHOOL);
const pack = loadPack(SCHOOL);
let local: LocalFunctions;

beforeAll(async () => {
  local = await startLocalFunctions(secrets, bankHandlerDeps);
  const { database } = local;
  await createSchools(database).publish(pack);
  const terminal = { schoolId: SCHOOL, terminal: 31, publicKey: key.publicKey, merchant: 1, name: '圈存机', kind: 'kiosk' } as const;
  await createTerminals(database).save({ ...terminal, status: 'active' });
  await openAccount(database, pack, { accountNo: ACCOUNT });
});
afterAll(() => local.stop());

it('answers the form of a card over the engine, with the settings of a local deployment', async () => {
  const cardNumber = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
  const chip = new CardChip({ cardNumber, chipKey: chipKey(keys, cardNumber) });
  const act = { schoolId: SCHOOL, terminal: 31, sequence: 1 };
  const body = JSON.stringify({ ...act, occurredAt: Date.now(), kind: 'form', card: cardNumber, chip: chip.tap({ ...act, amountFen: 0 }) });
  const headers = signedHeaders(key, { purpose: 'bank', schoolId: SCHOOL, terminal: 31, attempt: 1, sentAt: Date.now(), body });
  const event = { rawPath: '/terminal/bank', headers, requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } }, body };
  const reply = await handler(event);
  expect([reply.statusCode, JSON.parse(reply.body)]).toMatchObject([
    200,
    { kind: 'form', nameMasked: '测**', bankName: { zh: '上海银行' }, cardTail: null, idMasked: null },
  ]);
}, 20_000);

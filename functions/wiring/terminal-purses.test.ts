import { CardChip } from '../../sandbox/terminals/physical-card';
import { newTerminalKey, signedHeaders } from '../../sandbox/terminals/signed-request';
import { fen } from '../../shared/money';
import { writeCardNumber } from '../domain/card-number';
import { chipKey, deriveSchoolKeys } from '../domain/school-keys';
import { handler as night } from '../jobs/settle-purse-uses';
import { createPassbook } from '../store/passbook';
import { createPurseUses } from '../store/purse-uses';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { handler } from '../terminal/purses';
import { type LocalFunctions, newLocalSecrets, openAccount, startLocalFunctions } from '../test/local-functions';
import { loadPack } from '../test/sale-fixture';
import { purseNightReport } from './settle-purse-uses';
import { pursesHandlerDeps } from './terminal-purses';

const SCHOOL = 'bistu';
const ACCOUNT = 4_321;
const key = newTerminalKey();
const secrets = newLocalSecrets();
const cardNumber = writeCardNumber({ accountNo: ACCOUNT, issue: 1 });
const chip = new CardChip({ cardNumber, chipKey: chipKey(deriveSchoolKeys(Buffer.from(secrets.masterKey, 'base64'), SCHOOL), cardNumber) });
let local: LocalFunctions;
let database: Database;
let sequence = 0;

beforeAll(async () => {
  local = await startLocalFunctions(secrets, pursesHandlerDeps, purseNightReport);
  ({ database } = local);
  const pack = loadPack(SCHOOL);
  await createSchools(database).publish(pack);
  const common = { schoolId: SCHOOL, publicKey: key.publicKey, merchant: 3, name: '水', status: 'active' } as const;
  await createTerminals(database).save({ ...common, terminal: 41, kind: 'settlement-pos' });
  await createTerminals(database).save({ ...common, terminal: 42, kind: 'water-controller' });
  await openAccount(database, pack, { accountNo: ACCOUNT, toppedUpFen: 3_000 });
});
afterAll(() => local.stop());

async function send(terminal: number, rawPath: string, facts: (act: { schoolId: string; terminal: number; sequence: number }) => object) {
  sequence += 1;
  const act = { schoolId: SCHOOL, terminal, sequence };
  const body = JSON.stringify({ ...act, occurredAt: Date.now(), ...facts(act) });
  const headers = signedHeaders(key, { purpose: 'purse', schoolId: SCHOOL, terminal, attempt: 1, sentAt: Date.now(), body });
  const reply = await handler({ rawPath, headers, requestContext: { http: { method: 'POST', sourceIp: '192.0.2.1' } }, body });
  return { status: reply.statusCode, body: JSON.parse(reply.body) };
}

const swipe = () =>
  send(41, '/terminal/purses', (act) => ({
    ...{ kind: 'settle', card: cardNumber, chip: chip.tap({ ...act, amountFen: 0 }), purse: chip.purse.tell(SCHOOL) },
  }));

it('loads, is told of uses and settles over the engine with the settings of a local deployment; the night finds what is left', async () => {
  const first = await swipe();
  expect(first).toMatchObject({ status: 200, body: { cardFen: 2_000, refillFen: 1_000, purseFen: 1_000 } });
  expect(chip.purse.load(SCHOOL, first.body.load)).toBe(true);
  chip.purse.spend(340);
  const use = { serial: 1, card: cardNumber, purse: chip.purse.tell(SCHOOL), usedAt: Date.now() };
  expect(await send(42, '/terminal/purse-uses', () => ({ uses: [use] }))).toMatchObject({
    status: 200,
    body: { uses: [{ serial: 1, state: 'settled' }] },
  });
  expect(await swipe()).toMatchObject({ status: 200, body: { cardFen: 1_660, usedFen: 0, refillFen: 340 } });

  chip.purse.load(SCHOOL, (await swipe()).body.load);
  chip.purse.spend(60);
  const { mac: _mac, ...sums } = chip.purse.tell(SCHOOL);
  const stored = {
    schoolId: SCHOOL,
    terminal: 42,
    serial: 2,
    merchant: 3,
    card: cardNumber,
    accountNo: ACCOUNT,
    issue: 1,
    usedAt: Date.now(),
  };
  await createPurseUses(database).insert({
    ...{ ...stored, loadedFen: fen(sums.loadedFen), spentFen: fen(sums.spentFen), counter: sums.counter },
    ...{ state: 'stored', storedAt: Date.now(), version: 1 },
  });
  expect(await night()).toEqual({ looked: 1, settled: 1, refused: 0, failed: 0, complete: true });
  expect((await createPassbook(database).head(SCHOOL, ACCOUNT))?.state).toMatchObject({
    balances: { card: 1_660, purse: 940 },
    purseSpentFen: 400,
  });
});

it('knows no other address', async () => {
  expect(await send(41, '/terminal/claims', () => ({}))).toMatchObject({ status: 404 });
});

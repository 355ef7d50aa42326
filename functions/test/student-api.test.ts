import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { verifyPassbook } from '../domain/verify-passbook';
import { createDynamoDatabase } from '../store/dynamo-database';
import { startTestEngine, type TestEngine } from './engine';
import { codeOf, type Phone, StudentWorld } from './student-world';

/** What only the engine itself can show: its conditions and transactions under many requests at once. */
let engine: TestEngine;
let world: StudentWorld;

beforeAll(async () => {
  engine = await startTestEngine();
  world = await StudentWorld.create(createDynamoDatabase(DynamoDBDocumentClient.from(engine.client), engine.tables));
});
afterAll(() => engine.stop());

async function signedIn(openid: string): Promise<Phone> {
  const phone = world.phone(openid);
  expect((await phone.signIn()).status).toBe(200);
  return phone;
}

describe('the student API on the engine', () => {
  it('judges 5 of 50 wrong guesses that come at once, and locks', async () => {
    const holder = await world.holder();
    const phone = await signedIn('guesser');
    world.scrypts = 0;
    const heard = await Promise.all(Array.from({ length: 50 }, (_, guess) => phone.bind(holder, String(900_000 + guess))));
    const codes = heard.map(codeOf);
    expect(codes.filter((code) => code === 'auth.no-match')).toHaveLength(5);
    expect(codes.filter((code) => code === 'auth.locked')).toHaveLength(45);
    expect(world.scrypts).toBe(5);
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
  });

  it('binds four of ten apps that come at once, in four places', async () => {
    const holder = await world.holder();
    const phones = await Promise.all(Array.from({ length: 10 }, (_, index) => signedIn(`crowd-${index}`)));
    const heard = await Promise.all(phones.map((phone) => phone.bind(holder, '123456')));
    expect(heard.map(codeOf).sort()).toEqual([...Array(4).fill('200'), ...Array(6).fill('auth.too-many-apps')]);
    const entries = await world.entries(holder);
    expect(entries).toHaveLength(5);
    expect(verifyPassbook(entries)).toEqual([]);
  });

  it('removes an app while money moves: its session is gone, nothing is lost, no other app notices', async () => {
    const [one, two] = [await signedIn('remove-1'), await signedIn('remove-2')];
    const holder = await world.holder('bistu');
    const { body } = await one.bind(holder, '030417');
    await two.bind(holder, '030417');
    const credit = async (): Promise<void> => {
      for (;;) {
        try {
          await world.topUp(holder, 100);
          return;
        } catch {
          // Someone else was first.
        }
      }
    };
    const [removed] = await Promise.all([two.delete(`/student/apps/${body.bound.bindingId}`), ...Array.from({ length: 15 }, credit)]);
    expect(removed.status).toBe(200);
    expect(codeOf(await one.get('/student/account'))).toBe('auth.sign-in-required');
    expect((await two.get('/student/account')).body.balances.cardFen).toBe(1_500);
    expect(verifyPassbook(await world.entries(holder))).toEqual([]);
  });

  it('goes through a student’s whole day: bind, change, link, lose, find, statement', async () => {
    const phone = await signedIn('story');
    const holder = await world.holder();
    expect((await phone.bind(holder, '123456')).body.passwordIsInitial).toBe(true);
    await phone.post('/student/sms-code');
    const proof = { kind: 'sms', value: world.sent.at(-1)?.code };
    expect((await phone.post('/student/password', { oldPassword: '123456', newPassword: '739154', proof })).status).toBe(200);
    expect((await phone.get('/student/code-key')).body.keys).toHaveLength(2);
    expect((await phone.post('/student/links/wechat')).body.wechat).toBe(true);
    await world.topUp(holder, 2_000);
    expect((await phone.post('/student/loss', { password: '739154', keepCodes: false })).body.codesFrozen).toBe(true);
    const found = { password: '739154', proof: { kind: 'id-tail', value: '30417X' } };
    expect((await phone.post('/student/loss/cancel', found)).body.reportedAt).toBeNull();
    const { body } = await phone.get('/student/statement?month=2026-11');
    expect(body.entries.map(({ kind }: { kind: string }) => kind)).toEqual(['loss-cancelled', 'loss-reported', 'top-up']);
    expect(body.entries[2]).toMatchObject({ amountFen: 2_000, runningFen: 2_000 });
    expect((await phone.post('/student/unbind')).status).toBe(200);
    expect(verifyPassbook(await world.entries(holder))).toEqual([]);
  });
});

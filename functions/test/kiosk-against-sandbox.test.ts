import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../../sandbox/credentials';
import { generateKeys } from '../../sandbox/keys';
import { createManualTime } from '../../sandbox/lib/manual-time';
import { type Listening, listen } from '../../sandbox/lib/server';
import { createWorld } from '../../sandbox/world';
import { createBankGateways } from '../platforms/bank/bank-gateway';
import { KioskWorld, read } from './kiosk-world';
import { NOON } from './sale-fixture';

/** The kiosk's bank services over our real gateway, against the stand-in bank over HTTP. */
const SCHOOL = 'shanghaitech';
const PIN = '271828';
const keys = generateKeys(NOON, randomBytes);
let server: Listening;
let sandbox: ReturnType<typeof createWorld>;
let world: KioskWorld | undefined;

beforeEach(() => {
  sandbox = createWorld({ clock: () => world?.school.now ?? NOON, timers: createManualTime(NOON).timers, keys });
});

afterEach(async () => {
  world = undefined;
  await server.close();
  await sandbox.stop();
});

function customer() {
  const found = sandbox.bank.customer(SCHOOL, '2021000037');
  if (found === undefined) throw new Error('no such customer');
  return found;
}

const ownCard = () => customer().cards.find(({ kind, ofTheSchoolsBank }) => kind === 'debit' && ofTheSchoolsBank);

async function open(): Promise<KioskWorld> {
  server = await listen(0, (request) => sandbox.answer(request));
  const made = await KioskWorld.open(SCHOOL, undefined, {
    banks: (now) => createBankGateways({ schools: sandboxCredentials(sandbox, server.baseUrl).banks }, { fetch, now, randomBytes }),
  });
  world = made;
  const { idNumber, name } = customer();
  await made.withId(idNumber, name);
  return made;
}

test('ST-28, ST-30, ST-31, ST-37: bound by number and card password, then money of the bank is in the chip; a repeat is the same agreement', async () => {
  const opened = await open();
  const { kiosk } = await opened.visit();
  await kiosk.press('menu-0');
  await kiosk.press('change-password');
  await kiosk.press('ok', { which: 'transaction', old: '123456', new: PIN, again: PIN });
  await kiosk.press('exit');
  await kiosk.press('menu-1');
  await kiosk.press('bank-binding');
  opened.onStep = (name) => {
    if (name === 'bind.send') opened.loseAnswers = 1;
    if (name === 'bind.heard') opened.onStep = () => undefined;
  };
  const done = await kiosk.press('ok', { bankCard: ownCard()?.cardNumber ?? '', pin: PIN });
  expect(done.notice?.text.zh).toBe('申请绑定成功');
  await kiosk.press('exit');
  await kiosk.press('menu-1');
  await kiosk.press('bank-transfer');
  const before = ownCard()?.balanceFen ?? 0;
  // More than a debit without a code may be where a code bound the card: the holder typed the card password at the machine.
  const paid = await kiosk.press('transfer', { amount: '400', pin: PIN });
  expect([paid.notice?.text.zh, read(paid, '新余额')]).toEqual(['转账成功，转账金额:400.00元', '400.00元']);
  expect([before - (ownCard()?.balanceFen ?? 0), await opened.places()]).toEqual([40_000, { card: 40_000, transit: 0, chipPending: 0 }]);
});

test.each([
  ['somebody else’s', '99010112000000000', '银行卡号不正确'],
  ['of another bank', undefined, '只能绑定学校指定银行的银行卡'],
])('ST-29: a card that is %s is refused by the bank itself', async (_name, number, sentence) => {
  const opened = await open();
  const { kiosk } = await opened.visit();
  await kiosk.press('menu-0');
  await kiosk.press('change-password');
  await kiosk.press('ok', { which: 'transaction', old: '123456', new: PIN, again: PIN });
  await kiosk.press('exit');
  await kiosk.press('menu-1');
  await kiosk.press('bank-binding');
  const other = customer().cards.find(({ ofTheSchoolsBank }) => !ofTheSchoolsBank)?.cardNumber;
  expect((await kiosk.press('ok', { bankCard: number ?? other ?? '', pin: PIN })).notice?.text.zh).toBe(sentence);
});

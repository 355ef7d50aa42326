import type { Browser } from 'playwright-core';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, fill, press, says, until } from '../stories/app';
import { bind, changeInitialPassword, NEW_PASSWORD } from '../stories/steps';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { topUpTwenty } from '../stories/wechat-story';
import { root } from '../support/project';
import { launchBrowser } from './browser';
import { type BrowserApp, browserApp } from './browser-app';
import { hardToRead, misplaced } from './reading';

const SCHOOL = 'shanghaitech';
let stack: Stack;
let browser: Browser;
let app: BrowserApp | undefined;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
}, 180_000);
afterEach(() => app?.close());
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** A student with a password of their own, on the page of their data. */
async function atMyData(nth: number) {
  const student = studentOf(stack, SCHOOL, nth);
  const { id: person } = stack.sandbox.world.addPerson(`my data ${nth}`);
  const phone = await browserApp({ browser, container: 'wechat', webUrl: stack.web.url, person });
  app = phone;
  await phone.open();
  await press(phone, `school-${SCHOOL}`);
  await bind(phone, student);
  await changeInitialPassword(phone, student);
  await press(phone, 'home-account');
  await press(phone, 'account-data');
  await says(phone, 'data-consent', /版隐私政策/);
  const prove = async (password: string) => {
    await fill(phone, password, NEW_PASSWORD);
    await press(phone, 'proof-id-tail');
    await fill(phone, 'proof-value', student.person.idTail.slice(-6));
  };
  return { phone, student, prove };
}

async function look(phone: BrowserApp, name: string): Promise<void> {
  const { page } = phone;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect({ name, colorScheme, hard: await hardToRead(page) }).toEqual({ name, colorScheme, hard: [] });
    await phone.photograph(`my-data-${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 320, height: 640 });
  expect({ name, misplaced: await misplaced(page) }).toEqual({ name, misplaced: [] });
  await page.setViewportSize({ width: 375, height: 724 });
}

it('gives a copy against both proofs, masked and to take along', async () => {
  const { phone, student, prove } = await atMyData(30);
  await press(phone, 'data-copy-open');
  await prove('data-copy-password');
  await look(phone, 'copy');
  await press(phone, 'data-copy-make');
  await appears(phone, 'data-copied');
  const download = phone.page.waitForEvent('download');
  await press(phone, 'data-file');
  const file = await (await download).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(Buffer.from(chunk));
  const copy = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  expect(copy).toMatchObject({ person: { name: student.person.name, schoolId: SCHOOL }, apps: [{ removedAt: null }], deletion: null });
  expect(JSON.stringify(copy)).not.toContain(student.person.number);
  expect(phone.errors()).toEqual([]);
});

it('names the money that is left before a deletion, stops the codes when it is asked for, and takes it back', async () => {
  const { phone, prove } = await atMyData(31);
  await look(phone, 'page');
  await press(phone, 'data-delete-open');
  await prove('data-delete-password');
  await press(phone, 'data-delete-submit');
  await press(phone, 'data-delete-confirm-yes');
  await says(phone, 'data-waiting', /已申请注销/);
  await look(phone, 'waiting');
  await phone.back();
  await phone.back();
  await press(phone, 'home-erase');
  await press(phone, 'data-keep');
  await appears(phone, 'data-delete-open');
  await phone.back();
  await until(phone, 'the banner to go', async () => !(await phone.has('home-erase')));
  await press(phone, 'home-pay');
  await appears(phone, 'code-frozen');
  await phone.back();

  // A top-up makes it a matter of money again.
  await topUpTwenty(phone);
  await press(phone, 'home-account');
  await press(phone, 'account-data');
  await says(phone, 'data-block-transit', /20\.00/);
  expect(await phone.has('data-delete-open')).toBe(false);
  await press(phone, 'data-block-transit');
  await until(phone, 'the refunds', async () => /refunds/.test(phone.page.url()) || (await phone.has('refunds-ask')));
  expect(phone.errors()).toEqual([]);
});

it('withdraws consent in one press and a question, and forgets the card on the phone', async () => {
  const { phone } = await atMyData(32);
  await press(phone, 'data-withdraw');
  await press(phone, 'data-withdraw-confirm-yes');
  await appears(phone, 'school-search');
  expect(await phone.has('schools-removed')).toBe(false);
  // Nothing is collected before it is agreed to again.
  await press(phone, `school-${SCHOOL}`);
  await appears(phone, 'consent-yes');
});

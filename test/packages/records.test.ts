import { type Stack, startStack } from '../../sandbox/local/stack';
import { appears, fill, press, says, until } from '../stories/app';
import type { PackageApp } from '../stories/package-app';
import { changeInitialPassword, NEW_PASSWORD } from '../stories/steps';
import { CARDHOLDERS, type Student, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { type Kind, phonesAt } from './phones';

/** What leaves a mini-program: a table, a picture, a receipt, a copy of what is kept; each by the ways that its platform has. */
const SCHOOL = 'shanghaitech';

let stack: Stack;
const { boundPhone, closeAll } = phonesAt(() => stack, SCHOOL);

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(closeAll);
afterAll(() => stack?.stop());

/** A student with ¥20.00, of which ¥12.50 was a meal, on home. */
async function afterLunch(kind: Kind, student: Student): Promise<PackageApp> {
  const { app } = await boundPhone(kind, student);
  await press(app, 'home-top-up');
  await press(app, 'topup-preset-2000');
  await press(app, 'topup-submit');
  await appears(app, 'order-code');
  expect(await tillOf(stack, SCHOOL).chargeCard(1_250, student.chip)).toMatchObject({ outcome: 'charged', cardFen: 750 });
  await press(app, 'order-home');
  await says(app, 'home-balance', /7\.50/);
  return app;
}

/** Both proofs: the password and the end of the ID. */
async function prove(app: PackageApp, passwordField: string, idTail: string): Promise<void> {
  await fill(app, passwordField, NEW_PASSWORD);
  await press(app, 'proof-id-tail');
  await fill(app, 'proof-value', idTail.slice(-6));
}

/** What the app showed over its pages or did to the phone, the newest that begins so. */
const lastOf = (app: PackageApp, beginning: string): string | undefined =>
  app.host.shown.filter((line) => line.startsWith(beginning)).at(-1);

describe.each<[Kind, number]>([
  ['weapp', 0],
  ['alipay', 10],
])('records leave the app, %s', (kind, first) => {
  const student = (nth: number): Student => studentOf(stack, SCHOOL, first + nth);
  const isWechat = kind === 'weapp';

  it('a receipt as text, a month as a table, the year as a picture without a name', async () => {
    const app = await afterLunch(kind, student(0));
    const { name, number } = student(0).person;

    const entry = await until(app, 'the meal at home', async () => /entry-\d+/.exec(JSON.stringify(app.host.root))?.[0]);
    await press(app, entry);
    await says(app, 'entry-amount', /−12\.50/);
    await press(app, 'entry-share');
    await says(app, 'entry-said', /收据/);
    expect(lastOf(app, 'copied: ')).toMatch(/12\.50/);
    await app.back();

    await press(app, 'home-statement');
    await press(app, 'statement-charts');
    await press(app, 'export-copy');
    await says(app, 'export-said', /已复制/);
    const pasted = lastOf(app, 'copied: ')?.slice('copied: '.length) ?? '';
    expect(
      pasted
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split('\t')[5]),
    ).toEqual(['金额（元）', '20.00', '-12.50']);
    expect(await app.has('export-file')).toBe(isWechat);
    if (isWechat) {
      await press(app, 'export-file');
      await says(app, 'export-said', /已发送/);
      const file = lastOf(app, 'sent: ')?.slice('sent: '.length) ?? '';
      expect(app.host.files.get(`wxfile://usr/${file}`)).toMatch(/^\uFEFF"编号",[\s\S]*,-12\.50,7\.50,/);
    }

    await press(app, 'month-year');
    await says(app, 'year-spent', /12\.50/);
    await until(app, 'the picture', async () => (app.host.bitmap('year-picture')?.words.length ?? 0) > 0);
    const { words = [], width, height } = app.host.bitmap('year-picture') ?? {};
    expect([width, height, words.join(' ')]).toEqual([750, 1_060, expect.stringMatching(/上海科技大学.*12\.50/)]);
    for (const secret of [name, number]) expect(words.join(' ')).not.toContain(secret);
    await press(app, 'year-share');
    await until(app, 'the sheet', async () => lastOf(app, 'picture') !== undefined);
    expect(lastOf(app, 'picture')).toBe('picture: tmp://750x1060.png');
    expect(app.errors()).toEqual([]);
  });

  it('a copy of what is kept, against both proofs; a deletion is asked for and taken back', async () => {
    const { app } = await boundPhone(kind, student(1));
    const { name, number, idTail } = student(1).person;
    await changeInitialPassword(app, student(1));
    await press(app, 'home-account');
    await press(app, 'account-data');
    await press(app, 'data-copy-open');
    await prove(app, 'data-copy-password', idTail);
    await press(app, 'data-copy-make');
    await appears(app, 'data-copied');
    expect(await app.has('data-file')).toBe(isWechat);
    if (isWechat) {
      await press(app, 'data-file');
      await says(app, 'data-said', /已发送/);
      expect(app.host.files.get('wxfile://usr/my-data.json')).toContain(name);
    }
    await press(app, 'data-clipboard');
    await says(app, 'data-said', /已复制/);
    const copy = JSON.parse(lastOf(app, 'copied: ')?.slice('copied: '.length) ?? '');
    expect(copy).toMatchObject({ person: { name, schoolId: SCHOOL }, apps: [{ removedAt: null }], deletion: null });
    expect(JSON.stringify(copy)).not.toContain(number);

    await press(app, 'data-delete-open');
    await prove(app, 'data-delete-password', idTail);
    await press(app, 'data-delete-submit');
    await press(app, 'data-delete-confirm-yes');
    await says(app, 'data-waiting', /已申请注销/);
    await press(app, 'data-keep');
    await appears(app, 'data-delete-open');
    expect(app.errors()).toEqual([]);
  });
});

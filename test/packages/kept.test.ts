import { type Stack, startStack } from '../../sandbox/local/stack';
import { type App, appears, fill, press, says, until } from '../stories/app';
import { changeInitialPassword, showCode } from '../stories/steps';
import { CARDHOLDERS, type Student, studentOf, tillOf } from '../stories/student';
import { root } from '../support/project';
import { type Kind, killed, phonesAt } from './phones';

/** What a phone keeps is an aid: with none of it nothing is lost, and whoever lost the binding itself is told so. */
const SCHOOL = 'bistu';

let stack: Stack;
const { phone, boundPhone, closeAll } = phonesAt(() => stack, SCHOOL);

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(closeAll);
afterAll(() => stack?.stop());

const fullWidth = (text: string): string => text.replace(/[!-~]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0));

async function topUp(app: App, yuan: string): Promise<void> {
  await press(app, 'home-top-up');
  await appears(app, 'topup-submit');
  for (const key of yuan) await press(app, `key-${key}`);
  await press(app, 'topup-submit');
  await appears(app, 'order-code');
  await press(app, 'order-home');
  await says(app, 'home-balance', new RegExp(`${yuan}\\.00`));
}

/** On the screen of bound apps. */
async function removeTheOther(app: App): Promise<void> {
  const reply = await fetch(`${stack.functionsUrl}/student/apps`, { headers: { authorization: `Bearer ${await app.token()}` } });
  const { apps } = (await reply.json()) as { apps: readonly { bindingId: string; current: boolean }[] };
  const other = apps.find(({ current }) => !current);
  await press(app, 'home-apps');
  await press(app, `app-remove-${other?.bindingId}`);
  await press(app, 'app-remove-yes');
  await until(app, 'the other app to go', async () => !(await app.has(`app-${other?.bindingId}`)));
}

describe.each<[Kind, number]>([
  ['weapp', 0],
  ['alipay', 10],
])('what the phone keeps, %s', (kind, first) => {
  const student = (nth: number): Student => studentOf(stack, SCHOOL, first + nth);

  it('binds, tops up and pays on a phone that can keep nothing', async () => {
    const { app } = await boundPhone(kind, student(0), { storageIsFull: true });
    await changeInitialPassword(app, student(0));
    await topUp(app, '20');
    const till = tillOf(stack, SCHOOL);
    // BISTU takes no code before the card was once on a reader (BI-03).
    expect(await till.chargeCard(100, student(0).chip)).toMatchObject({ outcome: 'charged' });
    expect(await till.chargeCode(500, await showCode(app))).toMatchObject({ outcome: 'charged', cardFen: 1_400 });
    expect([...app.host.storage.keys()]).toEqual([]);
    expect(app.errors()).toEqual([]);
  });

  it('has card and money back after the storage was cleared, and asks about privacy again', async () => {
    const { app, person } = await boundPhone(kind, student(1));
    await topUp(app, '30');
    await app.close();
    const again = phone(kind, person);
    await again.open();
    await says(again, 'home-name', new RegExp(student(1).person.name));
    await says(again, 'home-balance', /30\.00/);
    expect(again.errors()).toEqual([]);
  });

  it('keeps nothing that an answer brings of a card that was unbound while it was on its way', async () => {
    const { app } = await boundPhone(kind, student(4));
    const keys = app.holdAnswerTo('/student/code-key');
    await changeInitialPassword(app, student(4));
    await until(app, 'the question for keys', async () => keys.isHeld());
    await press(app, 'home-account');
    await press(app, 'account-unbind');
    await press(app, 'unbind-yes');
    await appears(app, 'school-search');
    const asked = app.requests.length;
    keys.letGo();
    await until(app, 'another question', async () => app.requests.slice(asked).some((url) => url.endsWith('/student/code-key')));
    expect([...app.host.storage.keys()]).not.toContain('ecode:code-book');
    expect(app.errors()).toEqual([]);
  });

  it('shows a code where the phone remembers an initial password that was changed on another', async () => {
    const { app, person } = await boundPhone(kind, student(3));
    const memory = await killed(app);
    const { app: other } = await boundPhone(kind === 'weapp' ? 'alipay' : 'weapp', student(3));
    await changeInitialPassword(other, student(3));

    const again = phone(kind, person, { storage: memory });
    expect(String(memory.get('ecode:account'))).toContain('"passwordIsInitial":true');
    again.host.start('/pages/code/index');
    await appears(again, 'code-digits');
    expect(again.errors()).toEqual([]);
  });

  it('says that the binding ended elsewhere, in both languages, keeps nothing of it, and binds again', async () => {
    const { app, person } = await boundPhone(kind, student(2));
    const { app: other } = await boundPhone(kind === 'weapp' ? 'alipay' : 'weapp', student(2));
    const memory = await killed(app);
    await removeTheOther(other);

    const again = phone(kind, person, { storage: memory });
    await again.open();
    await says(again, 'schools-removed', /别处解除/);
    await press(again, 'school-language');
    await says(again, 'schools-removed', /elsewhere/);
    await press(again, 'school-language');
    expect(JSON.stringify([...again.host.storage])).not.toContain(student(2).person.name);
    await press(again, `school-${SCHOOL}`);
    await fill(again, 'bind-name', student(2).person.name);
    // As they are pasted, and as a Chinese keyboard types them.
    await fill(again, 'bind-number', ` ${fullWidth(student(2).person.number)} `);
    await fill(again, 'bind-password', `${fullWidth(student(2).initialPassword)} `);
    await press(again, 'bind-submit');
    await says(again, 'home-name', new RegExp(student(2).person.name));
    expect(again.errors()).toEqual([]);
  });
});

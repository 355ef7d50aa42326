import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { type App, agree, appears, press, says } from '../stories/app';
import { packageApp } from '../stories/package-app';
import { bind } from '../stories/steps';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { root } from '../support/project';
import { compileTemplates } from './host/templates';

let stack: Stack;
let app: App | undefined;

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(() => stack?.stop());

const isPublic = (line: string): boolean => /\/student\/schools(\/|\?|$)/.test(line);

it.each(['weapp', 'alipay'] as const)(
  'the built %s package tells nobody who this is before the privacy policy is agreed to',
  async (kind) => {
    const { id: person } = stack.sandbox.world.addPerson(`undecided in ${kind}`);
    const templates = compileTemplates(kind, path.join(root, 'miniapp', 'dist', kind));
    const phone = packageApp({ kind, stack, person, templates, undecided: true });
    app = phone;
    const asked = phone.requests;
    await phone.open();
    await says(phone, 'consent-text', /没有广告/);
    expect(asked).toEqual([]);

    // The whole policy is read before an answer, and the question waits.
    await press(phone, 'consent-policy');
    await says(phone, 'privacy-what', /姓名、学工号、密码/);
    expect(await phone.has('consent-yes')).toBe(false);
    await phone.back();
    await appears(phone, 'consent-no');

    // Whoever disagrees looks at the schools, and is asked again only by what needs it.
    await press(phone, 'consent-no');
    await appears(phone, 'school-bistu');
    expect(await phone.has('consent-yes')).toBe(false);
    await press(phone, 'school-near');
    await press(phone, 'consent-no');
    await says(phone, 'school-near-failure', /不同意也可以查看学校/);
    await press(phone, 'school-bistu');
    await press(phone, 'consent-no');
    await says(phone, 'bind-retry-text', /同意隐私政策后/);
    expect(asked.filter((line) => !isPublic(line))).toEqual([]);

    await press(phone, 'bind-retry');
    await agree(phone);
    await bind(phone, studentOf(stack, 'bistu', kind === 'weapp' ? 0 : 1));
    expect(asked.find((line) => !isPublic(line))).toMatch(/\/student\/sign-in$/);
    const reply = await fetch(`${stack.functionsUrl}/student/apps`, { headers: { authorization: `Bearer ${await phone.token()}` } });
    expect(await reply.json()).toMatchObject({ apps: [{ consent: { policyDay: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) } }] });
    expect(phone.errors()).toEqual([]);
  },
);

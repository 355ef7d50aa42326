import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import type { App } from '../stories/app';
import { packageApp } from '../stories/package-app';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { shanghaiTechInWechat } from '../stories/wechat-story';
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

const open = (wired: boolean): App => {
  const { id: person } = stack.sandbox.world.addPerson(`story ${wired}`);
  const folder = path.join(root, 'miniapp', 'dist', 'weapp');
  app = packageApp({ kind: 'weapp', stack, person, ...(wired ? { templates: compileTemplates('weapp', folder) } : {}) });
  return app;
};

describe.each([
  ['as its scripts run', false],
  ['as its compiled templates bind it', true],
])('the built package, %s [weapp]', (_how, wired) => {
  it('walks a ShanghaiTech student in WeChat from finding the school to a loss taken back (ST-07…ST-10, ST-12…ST-14, ST-52)', async () => {
    await shanghaiTechInWechat(open(wired), stack, studentOf(stack, 'shanghaitech', wired ? 1 : 0));
  });
});

import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { bistuInAlipay } from '../stories/alipay-story';
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

const open = (kind: 'weapp' | 'alipay', wired: boolean): App => {
  const { id: person } = stack.sandbox.world.addPerson(`${kind} ${wired}`);
  const folder = path.join(root, 'miniapp', 'dist', kind);
  app = packageApp({ kind, stack, person, ...(wired ? { templates: compileTemplates(kind, folder) } : {}) });
  return app;
};

describe.each([
  ['as its scripts run', false],
  ['as its compiled templates bind it', true],
])('the built package, %s', (_how, wired) => {
  it('walks a ShanghaiTech student in WeChat from finding the school to a loss taken back (ST-07…ST-10, ST-12…ST-14, ST-52)', async () => {
    await shanghaiTechInWechat(open('weapp', wired), stack, studentOf(stack, 'shanghaitech', wired ? 1 : 0));
  });

  it('lets a BISTU student in Alipay top up at once, and refuses 999.01 yuan (BI-10, BI-14)', async () => {
    await bistuInAlipay(open('alipay', wired), stack, studentOf(stack, 'bistu', wired ? 1 : 0));
  });
});

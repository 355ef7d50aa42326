import path from 'node:path';
import { type Stack, startStack } from '../../sandbox/local/stack';
import { type App, appears, fill, press, says, until } from '../stories/app';
import { packageApp } from '../stories/package-app';
import { NEW_PASSWORD } from '../stories/steps';
import { CARDHOLDERS, studentOf } from '../stories/student';
import { root } from '../support/project';
import { compileTemplates } from './host/templates';

let stack: Stack;
let app: App | undefined;

beforeAll(async () => {
  stack = await startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
}, 120_000);
afterAll(async () => {
  await app?.close();
  await stack?.stop();
});

it('the built alipay package sets a forgotten password anew by text message, and binds with it', async () => {
  const { id: person } = stack.sandbox.world.addPerson('who forgot');
  const templates = compileTemplates('alipay', path.join(root, 'miniapp', 'dist', 'alipay'));
  const phone = packageApp({ kind: 'alipay', stack, person, templates });
  app = phone;
  const student = studentOf(stack, 'shanghaitech', 3);
  await phone.open();
  await press(phone, 'school-shanghaitech');
  await says(phone, 'bind-temporary', /临时卡须填写身份证号/);
  await press(phone, 'bind-forgot');
  await press(phone, 'forgot-reset');
  await fill(phone, 'reset-name', student.person.name);
  await fill(phone, 'reset-number', student.person.number);
  await fill(phone, 'reset-id', student.person.idTail.slice(-6));
  await press(phone, 'reset-send');
  await appears(phone, 'reset-sent');
  const code = await until(phone, 'a text message', () => student.smsCode().catch(() => undefined));
  await fill(phone, 'reset-code', '000000');
  await fill(phone, 'reset-new', NEW_PASSWORD);
  await fill(phone, 'reset-again', NEW_PASSWORD);
  await press(phone, 'reset-submit');
  await says(phone, 'reset-failure', /不正确/);
  await fill(phone, 'reset-code', code);
  await press(phone, 'reset-submit');
  await says(phone, 'reset-done', /新密码已设置/);
  await press(phone, 'reset-to-bind');
  await fill(phone, 'bind-name', student.person.name);
  await fill(phone, 'bind-number', student.person.number);
  await fill(phone, 'bind-password', NEW_PASSWORD);
  await press(phone, 'bind-submit');
  await says(phone, 'home-name', new RegExp(student.person.name));
  expect(phone.errors()).toEqual([]);
});

import { AppError } from '../../shared/errors';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  holder = await world.provenHolder(world.phone('own'));
  phone = world.phone('new');
  await phone.signIn();
});

const who = (changes: object = {}) => ({
  schoolId: holder.schoolId,
  number: holder.number,
  name: holder.name,
  idTail: '30417x',
  ...changes,
});
const ask = (changes: object = {}) => phone.post('/student/password/reset-code', who(changes));
const reset = (changes: object = {}) => phone.post('/student/password/reset', { ...who(), newPassword: '605927', ...changes });

describe('a forgotten password', () => {
  it('is set anew by the end of the ID and the code of the message, and opens codes; the old one is dead', async () => {
    expect((await ask()).body).toEqual({ resendAfterSeconds: 60 });
    expect(world.sent).toMatchObject([{ mobile: holder.mobile }]);
    expect((await reset({ code: world.sent[0]?.code })).status).toBe(200);
    expect(codeOf(await phone.bind(holder, '739154'))).toBe('auth.no-match');
    expect((await phone.bind(holder, '605927')).body.passwordIsInitial).toBe(false);
    expect((await phone.get('/student/code-key')).status).toBe(200);
  });

  it('answers alike for a wrong name, a wrong ID, a number that nobody has, and a second question too soon', async () => {
    const heard = [];
    const changes = [{}, {}, { name: '测试·乙' }, { idTail: '111111' }, { number: 'N999999' }];
    for (const change of changes) heard.push(await ask(change));
    expect(heard.map(({ status, body }) => [status, body])).toEqual(changes.map(() => [200, { resendAfterSeconds: 60 }]));
    expect(world.sent).toHaveLength(1);
  });

  it('answers alike when the gateway is down', async () => {
    world.smsRefusal = new AppError('auth.sms-unavailable');
    expect((await ask()).body).toEqual({ resendAfterSeconds: 60 });
  });

  it.each([[{ number: 'N999999' }], [{}]])('hears five questions, right or wrong, and no sixth: %j', async (change) => {
    for (let tries = 0; tries < 5; tries += 1) expect((await ask(change)).status).toBe(200);
    expect(codeOf(await ask(change))).toBe('auth.locked');
  });

  it.each([[{ code: '000000' }], [{ name: '测试·乙' }], [{ idTail: '111111' }], [{ number: 'N999999' }]])(
    'refuses %j with one answer, five times, and counts it with the passwords',
    async (change) => {
      await ask();
      const code = world.sent[0]?.code;
      for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await reset({ code, ...change }))).toBe('auth.reset-no-match');
      expect(codeOf(await reset({ code, ...change }))).toBe('auth.locked');
      if (!('number' in change)) expect(codeOf(await phone.bind(holder, '739154'))).toBe('auth.locked');
    },
  );

  it('takes a code once, and none that is over', async () => {
    await ask();
    const code = world.sent[0]?.code;
    world.now += 600_000;
    expect(codeOf(await reset({ code }))).toBe('auth.reset-no-match');
    await ask();
    const fresh = world.sent[1]?.code;
    expect((await reset({ code: fresh })).status).toBe(200);
    expect(codeOf(await reset({ code: fresh, newPassword: '830416' }))).toBe('auth.reset-no-match');
  });

  it.each(['123456', '111111', '121212', '030417', '654321', '12345', '６０５９２'])('refuses %s as the new one', async (newPassword) => {
    await ask();
    expect(codeOf(await reset({ code: world.sent[0]?.code, newPassword }))).toBe('auth.password-weak');
  });

  it('is for the desk where the guide says so (DL-08), and where the roster has no ID or no mobile', async () => {
    expect(codeOf(await ask({ schoolId: 'dufl' }))).toBe('auth.reset-not-offered');
    expect(codeOf(await reset({ schoolId: 'sjtu', code: '1' }))).toBe('auth.reset-not-offered');
    for (const facts of [{ idTail: '' }, { mobile: '' }]) {
      const other = await world.holder('shanghaitech', facts);
      expect((await ask({ number: other.number, name: other.name })).status).toBe(200);
    }
    expect(world.sent).toEqual([]);
  });
});

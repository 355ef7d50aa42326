import fc from 'fast-check';
import { countGuess, GUESSES_OF_ALL, GUESSES_OF_ONE, NO_GUESSES, returnGuess } from '../domain/lockout';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld } from '../test/student-world';

let world: StudentWorld;
beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
});

async function signedIn(phone: Phone): Promise<Phone> {
  await phone.signIn();
  return phone;
}

describe('wrong guesses at a bind', () => {
  it('lock the account for that openid at the sixth try for 30 minutes, also for the right password', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await phone.bind(holder, '999999'))).toBe('auth.no-match');
    const locked = await phone.bind(holder, '123456');
    expect(locked).toMatchObject({ status: 429, body: { error: { code: 'auth.locked', detail: { retryAfterSeconds: 1_800 } } } });
    expect(locked.headers['retry-after']).toBe('1800');
    const other = await signedIn(world.phone('b'));
    expect((await other.bind(holder, '123456')).status).toBe(200);
    world.now += 30 * 60_000 - 1;
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
    world.now += 1;
    expect((await phone.bind(holder, '123456')).status).toBe(200);
  });

  it('are not judged at all once locked: no scrypt is spent', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    for (let tries = 0; tries < 5; tries += 1) await phone.bind(holder, '999999');
    world.scrypts = 0;
    await phone.bind(holder, '123456');
    expect(world.scrypts).toBe(0);
  });

  it('begin anew after a right password', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    for (let round = 0; round < 3; round += 1) {
      for (let tries = 0; tries < 4; tries += 1) expect(codeOf(await phone.bind(holder, '999999'))).toBe('auth.no-match');
      expect((await phone.bind(holder, '123456')).status).toBe(200);
      await phone.post('/student/unbind');
      await phone.signIn();
    }
  });

  it('lock a number that nobody has in the same way', async () => {
    const nobody = { schoolId: 'shanghaitech', number: 'N404404', name: '测试·甲' };
    const phone = await signedIn(world.phone('a'));
    for (let tries = 0; tries < 5; tries += 1) expect(codeOf(await phone.bind(nobody, '123456'))).toBe('auth.no-match');
    const locked = await phone.bind(nobody, '123456');
    expect(locked.body.error).toMatchObject({ code: 'auth.locked', detail: { retryAfterSeconds: 1_800 } });
  });

  it('are one count whether the number or the card number of the account is typed', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    for (let tries = 0; tries < 5; tries += 1) {
      await phone.bind(tries % 2 === 0 ? holder : { ...holder, number: holder.cardNumber }, '999999');
    }
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
  });

  it('in a browser lock that address, whatever identity the page is opened with', async () => {
    const holder = await world.holder();
    for (let tries = 0; tries < 5; tries += 1) {
      const phone = await signedIn(world.phone(`web-${tries}`, 'wechat-web', '198.51.100.7'));
      expect(codeOf(await phone.bind(holder, '999999'))).toBe('auth.no-match');
    }
    const sixth = await signedIn(world.phone('web-6', 'alipay-web', '198.51.100.7'));
    expect(codeOf(await sixth.bind(holder, '123456'))).toBe('auth.locked');
    const elsewhere = await signedIn(world.phone('web-7', 'wechat-web', '198.51.100.8'));
    expect((await elsewhere.bind(holder, '123456')).status).toBe(200);
  });

  it('of all openids together are at most 20 an hour, and the wait always ends', async () => {
    const holder = await world.holder();
    const started = world.now;
    for (let tries = 0; tries < 20; tries += 1) {
      world.now += 60_000;
      const phone = await signedIn(world.phone(`crowd-${tries}`));
      expect(codeOf(await phone.bind(holder, '999999'))).toBe('auth.no-match');
    }
    const phone = await signedIn(world.phone('holder'));
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
    world.now = started + 60_000 + 60 * 60_000;
    expect((await phone.bind(holder, '123456')).status).toBe(200);
  });

  it('do not count against the account when they were right', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    for (let tries = 0; tries < 25; tries += 1) {
      expect((await phone.bind(holder, '123456')).status).toBe(200);
      await phone.post('/student/unbind');
      await phone.signIn();
    }
  });

  it('made 50 at once are judged 5 times', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    world.scrypts = 0;
    const heard = await Promise.all(Array.from({ length: 50 }, (_, guess) => phone.bind(holder, String(900_000 + guess))));
    expect(heard.map(codeOf).filter((code) => code === 'auth.no-match')).toHaveLength(5);
    expect(heard.map(codeOf).filter((code) => code === 'auth.locked')).toHaveLength(45);
    expect(world.scrypts).toBe(5);
  });

  it('made 50 at once by 50 openids are judged 20 times', async () => {
    const holder = await world.holder();
    const phones = await Promise.all(Array.from({ length: 50 }, (_, index) => signedIn(world.phone(`p${index}`))));
    world.scrypts = 0;
    await Promise.all(phones.map((phone) => phone.bind(holder, '999999')));
    expect(world.scrypts).toBe(20);
  });

  it('stay counted when the function is killed before it judged them', async () => {
    const holder = await world.holder();
    const phone = await signedIn(world.phone('a'));
    for (let tries = 0; tries < 5; tries += 1) {
      world.crashAt(1, 'after');
      expect(codeOf(await phone.bind(holder, '999999'))).toBe('request.internal');
      world.recover();
    }
    expect(codeOf(await phone.bind(holder, '123456'))).toBe('auth.locked');
  });
});

describe('counting guesses', () => {
  it('never lets more through within a window than the limit, whatever the times', () => {
    const limits = fc.constantFrom(GUESSES_OF_ONE, GUESSES_OF_ALL);
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 80 }), (limit, waits) => {
        let now = 1_000;
        let count = NO_GUESSES;
        const passed: number[] = [];
        for (const wait of waits) {
          now += wait;
          const next = countGuess(count, limit, now);
          if (next === undefined) continue;
          count = next;
          passed.push(now);
        }
        // In a fixed window two windows may touch, so twice the limit is the most that any span of one window holds.
        const most = limit.window === 'sliding' ? limit.guesses : 2 * limit.guesses;
        for (const from of passed) {
          expect(passed.filter((at) => at >= from && at < from + limit.windowMs).length).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('gives a guess back and never goes below nothing', () => {
    expect(returnGuess({ count: 3, until: 9 })).toEqual({ count: 2, until: 9 });
    expect(returnGuess(NO_GUESSES)).toEqual(NO_GUESSES);
  });
});

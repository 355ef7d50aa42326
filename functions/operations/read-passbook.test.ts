import * as v from 'valibot';
import { type PassbookReply, passbookReply } from '../../shared/api/records';
import { startCheck } from '../../shared/passbook/check';
import { hashOfEntry, isHeadSigned } from '../../shared/passbook/signed-head';
import { createModelDatabase } from '../test/model-database';
import { codeOf, type Phone, StudentWorld, type TestHolder } from '../test/student-world';

let world: StudentWorld;
let phone: Phone;
let holder: TestHolder;

beforeEach(async () => {
  world = await StudentWorld.create(createModelDatabase());
  phone = world.phone('a');
  holder = await world.provenHolder(phone, 'bistu');
});

async function page(from: number): Promise<PassbookReply> {
  const { status, body } = await phone.get(`/student/passbook?from=${from}`);
  expect(status).toBe(200);
  // As over a wire: what is undefined does not arrive.
  return v.parse(passbookReply, JSON.parse(JSON.stringify(body)));
}

describe('the passbook as a phone reads it', () => {
  it('is checked there by the shared rules alone, from entry 1 to the head that the school signs', async () => {
    await world.topUp(holder, 2_000);
    const { entries, nextFrom, head } = await page(1);
    const check = startCheck(hashOfEntry);
    expect(entries.flatMap((entry) => check.add(entry))).toEqual([]);
    expect(nextFrom).toBeNull();
    expect(check.head()?.entry.n).toBe(head.n);
    expect(check.head()?.hash).toBe(head.hash);
    expect(isHeadSigned(head, head.publicKey, head.signature)).toBe(true);
    expect(head).toMatchObject({ schoolId: 'bistu', accountNo: holder.accountNo, keyId: 1, signedAt: world.now });
  });

  it('comes a hundred entries at a time, each once, and ends with the head', async () => {
    for (let each = 0; each < 120; each += 1) await world.topUp(holder, 100);
    const first = await page(1);
    expect(first.entries.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(first.nextFrom).toBe(101);
    const second = await page(101);
    expect(second.entries[0]?.n).toBe(101);
    expect(second.entries.at(-1)?.n).toBe(second.head.n);
    expect(second.nextFrom).toBeNull();
  });

  it('has nothing beyond the head', async () => {
    const { entries, nextFrom } = await page(100_000);
    expect({ entries, nextFrom }).toEqual({ entries: [], nextFrom: null });
  });

  it.each(['', '?from=0', '?from=-1', '?from=1.5', '?from=x', '?from=9999999999'])('refuses %p', async (query) => {
    expect(codeOf(await phone.get(`/student/passbook${query}`))).toBe('request.malformed');
  });

  it('signs with a key of the school: another school has another', async () => {
    const other = world.phone('b');
    await world.provenHolder(other, 'sjtu');
    const { body } = await other.get('/student/passbook?from=1');
    expect(v.parse(passbookReply, JSON.parse(JSON.stringify(body))).head.publicKey).not.toBe((await page(1)).head.publicKey);
  });
});

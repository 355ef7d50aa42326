import { Handles, SeenHandles } from './handles';

const key = new Uint8Array(32).fill(5);

describe('handles that were seen before', () => {
  it('name the same account, remembered or not', () => {
    const seen = new SeenHandles(10);
    const [plain, remembering] = [new Handles(key, 'sjtu'), new Handles(key, 'sjtu', seen)];
    for (const accountNo of [0, 1, 20_260_417, 999_999_999]) {
      const handle = plain.of(accountNo);
      expect([remembering.accountOf(handle), remembering.accountOf(handle), plain.accountOf(handle)]).toEqual(Array(3).fill(accountNo));
      expect(seen.find(`${handle}sjtu`)).toBe(accountNo);
    }
  });

  it('are those of their own school: the same digits name another account at the next', () => {
    const seen = new SeenHandles(10);
    const [one, other] = [new Handles(key, 'sjtu', seen), new Handles(new Uint8Array(32).fill(6), 'bistu', seen)];
    const handle = one.of(7);
    expect(one.accountOf(handle)).toBe(7);
    expect(other.accountOf(handle)).toBe(new Handles(new Uint8Array(32).fill(6), 'bistu').accountOf(handle));
    expect(other.accountOf(handle)).not.toBe(7);
  });

  it('are no more than the bound, and the oldest makes room', () => {
    const seen = new SeenHandles(3);
    for (const accountNo of [1, 2, 3, 4]) seen.keep(`h${accountNo}`, accountNo);
    expect(['h1', 'h2', 'h3', 'h4'].map((place) => seen.find(place))).toEqual([undefined, 2, 3, 4]);
    seen.keep('h2', 2);
    expect(seen.find('h3')).toBe(3);
  });
});

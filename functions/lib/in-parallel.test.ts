import { mapInParallel } from './in-parallel';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('mapInParallel', () => {
  it('keeps the order and never has more calls under way than allowed', async () => {
    let under = 0;
    let most = 0;
    const results = await mapInParallel([5, 1, 4, 2, 3], 2, async (turns) => {
      under += 1;
      most = Math.max(most, under);
      for (let i = 0; i < turns; i += 1) await turn();
      under -= 1;
      return turns * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('begins nothing new after a failure, and fails only when nothing is under way', async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = mapInParallel([1, 2, 3, 4, 5, 6], 3, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('two');
      await turn();
      await turn();
      ended += 1;
    });
    await expect(work).rejects.toThrow('two');
    expect(begun).toEqual([1, 2, 3]);
    expect(ended).toBe(2);
  });

  it('does nothing for nothing', async () => expect(await mapInParallel([], 4, turn)).toEqual([]));
});

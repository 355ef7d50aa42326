import { createModelDatabase } from '../test/model-database';
import { createLockouts } from './lockouts';
import type { Table } from './table';

const place = { schoolId: 'shanghaitech', subject: 'account|1', guesser: 'openid|a' };

describe('forgetting the guesses of somebody who was right', () => {
  it('removes the count', async () => {
    const lockouts = createLockouts(createModelDatabase());
    await lockouts.save([lockouts.changedRow({ ...place, version: 0, count: 3, until: 1 })]);
    await lockouts.clear(place);
    expect(await lockouts.find(place)).toMatchObject({ version: 0, count: 0 });
    await lockouts.clear(place);
  });

  it('is no fault when another guess is being counted at that moment: the count stays, which errs on the safe side', async () => {
    const model = createModelDatabase();
    // What AWS does and no local engine: a write that meets a transaction is rejected.
    const remove: Table['remove'] = async (_key, when) => {
      if (when === undefined) throw new Error('TransactionConflictException');
      return { written: false, found: undefined };
    };
    const lockouts = createLockouts({ records: { ...model.records, remove }, transact: model.transact });
    await lockouts.save([lockouts.changedRow({ ...place, version: 0, count: 3, until: 1 })]);
    await lockouts.clear(place);
    expect(await lockouts.find(place)).toMatchObject({ version: 1, count: 3 });
  });
});

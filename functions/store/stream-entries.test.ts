import fc from 'fast-check';
import { arbitraryEntry } from '../test/arbitrary-entry';
import { streamRecord } from '../test/stream-record';
import { readInsertedEntries } from './stream-entries';

describe('an entry in an event of the stream', () => {
  it('is the entry that was written, whatever it holds', () => {
    fc.assert(
      fc.property(arbitraryEntry, (entry) => {
        // As it comes to the function: JSON, with binary in base64.
        const event = JSON.parse(JSON.stringify({ Records: [streamRecord(entry)] }));
        expect(readInsertedEntries(event).map(({ read }) => read())).toEqual([entry]);
      }),
    );
  });

  it('is read only where it was added', () => {
    fc.assert(
      fc.property(arbitraryEntry, fc.constantFrom('MODIFY', 'REMOVE'), (entry, eventName) => {
        expect(readInsertedEntries({ Records: [streamRecord(entry, { eventName })] })).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('that cannot be read fails by itself, under its own name', () => {
    const [good] = fc.sample(arbitraryEntry, 1);
    if (good === undefined) throw new Error('no sample');
    const record = streamRecord(good, { sequence: '2' });
    const bad = { ...record, dynamodb: { ...record.dynamodb, SequenceNumber: '1', NewImage: { kind: { S: 'nothing' } } } };
    const [first, second] = readInsertedEntries({ Records: [bad, record] });
    expect(() => first?.read()).toThrow();
    expect(first).toMatchObject({ itemIdentifier: '1', name: `${good.schoolId}#${good.accountNo}/${good.n}` });
    expect(second?.read()).toEqual(good);
  });

  it('is not looked for in what is no event of a stream', () => {
    expect(() => readInsertedEntries({ Records: [{ eventName: 'INSERT' }] })).toThrow();
  });
});

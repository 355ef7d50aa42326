import { readHeldEntries } from './held-entries';

const record = (eventName: string, kind: string, n: number) => ({
  eventID: String(n),
  eventName,
  dynamodb: {
    SequenceNumber: `seq-${n}`,
    Keys: { pk: { S: 'dufl#20260417' }, n: { N: String(n) } },
    NewImage: { pk: { S: 'dufl#20260417' }, kind: { S: kind } },
  },
});

test('only inserted holds are drawn for, each named by its account and number', () => {
  const event = { Records: [record('INSERT', 'hold', 7), record('INSERT', 'charge', 8), record('MODIFY', 'hold', 7)] };
  expect(readHeldEntries(event)).toEqual([{ itemIdentifier: 'seq-7', hold: { schoolId: 'dufl', accountNo: 20_260_417, n: 7 } }]);
});

test('an event that cannot be read is delivered again, not passed over', () => {
  expect(() => readHeldEntries({ Records: [{ eventName: 'INSERT' }] })).toThrow();
});

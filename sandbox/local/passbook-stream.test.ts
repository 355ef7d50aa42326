import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startTestEngine } from '../../functions/test/engine';
import { followStream, type StreamRecord } from './passbook-stream';

describe('the passbook stream', () => {
  it('hands on every change with what it was and what it became', async () => {
    const engine = await startTestEngine();
    const seen: StreamRecord[] = [];
    const errors: unknown[] = [];
    const put = (kind: string) =>
      engine.client.send(
        new PutItemCommand({ TableName: engine.tables.passbook, Item: { pk: { S: 'bistu#1' }, n: { N: '1' }, kind: { S: kind } } }),
      );
    const follower = followStream({
      endpoint: engine.endpoint,
      table: engine.tables.passbook,
      onRecords: async (records) => void seen.push(...records),
      onError: (error) => void errors.push(error),
    });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await put('opened');
      await put('charge');
      const until = Date.now() + 5_000;
      while (seen.length < 2 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(errors).toEqual([]);
      expect(seen.map(({ eventName, dynamodb }) => [eventName, dynamodb.OldImage?.kind, dynamodb.NewImage?.kind])).toEqual([
        ['INSERT', undefined, { S: 'opened' }],
        ['MODIFY', { S: 'opened' }, { S: 'charge' }],
      ]);
    } finally {
      await follower.stop();
      await engine.stop();
    }
  });
});

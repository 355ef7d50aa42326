/**
 * Reads a table's DynamoDB stream from the engine and hands every record on: AWS would deliver it to the function by itself. The engine
 * has one shard, so this follows each shard it is told of from where it stands now.
 */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb: { readonly NewImage?: Image; readonly OldImage?: Image; readonly Keys?: Image };
}
/** As on the wire: `{ name: { S: … } }`. */
export type Image = Readonly<Record<string, unknown>>;

export interface StreamFollower {
  stop(): Promise<void>;
}

const EVERY_MS = 200;

export function followStream(input: {
  readonly endpoint: string;
  readonly table: string;
  readonly onRecords: (records: readonly StreamRecord[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}): StreamFollower {
  let stopped = false;
  const ask = (operation: string, body: unknown): Promise<Record<string, never>> => streams(input.endpoint, operation, body);

  async function shardIterators(): Promise<string[]> {
    const { Streams } = (await ask('ListStreams', { TableName: input.table })) as unknown as { Streams: { StreamArn: string }[] };
    const StreamArn = Streams[0]?.StreamArn;
    if (StreamArn === undefined) throw new Error(`${input.table} has no stream`);
    const { StreamDescription } = (await ask('DescribeStream', { StreamArn })) as unknown as {
      StreamDescription: { Shards: { ShardId: string }[] };
    };
    return Promise.all(
      StreamDescription.Shards.map(async ({ ShardId }) => {
        const got = await ask('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'LATEST' });
        return String((got as unknown as { ShardIterator: string }).ShardIterator);
      }),
    );
  }

  async function follow(first: string): Promise<void> {
    let iterator: string | undefined = first;
    while (!stopped && iterator !== undefined) {
      const got = (await ask('GetRecords', { ShardIterator: iterator, Limit: 100 })) as unknown as {
        Records: StreamRecord[];
        NextShardIterator?: string;
      };
      if (got.Records.length > 0) await input.onRecords(got.Records);
      iterator = got.NextShardIterator;
      if (got.Records.length === 0) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async function followAll(): Promise<void> {
    while (!stopped) {
      try {
        await Promise.all((await shardIterators()).map(follow));
      } catch (error) {
        if (!stopped) input.onError(error);
      }
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, EVERY_MS * 5));
    }
  }

  const done = followAll();
  return {
    stop: () => {
      stopped = true;
      return done;
    },
  };
}

/** The engine looks at the operation only; a signature of nobody does. */
async function streams(endpoint: string, operation: string, body: unknown): Promise<Record<string, never>> {
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/ap-southeast-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!reply.ok) throw new Error(`${operation}: ${reply.status} ${await reply.text()}`);
  // The engine is ours; each caller names the fields it reads.
  return (await reply.json()) as Record<string, never>;
}

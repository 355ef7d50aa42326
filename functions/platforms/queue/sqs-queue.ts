import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import * as v from 'valibot';
import type { PlatformDeps } from '../platform-deps';
import type { LaterQueue } from './query-queue';

export interface SqsSettings {
  readonly queueName: string;
  readonly region: string;
  /** `https://sqs.<region>.amazonaws.com` where none is given. */
  readonly endpoint: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

export interface SqsDeps extends Pick<PlatformDeps, 'fetch' | 'now'> {
  /** Told of every message that could not be sent. */
  readonly onLost: (error: unknown) => void;
}

/** What SQS can hold a message back for at most; one that must wait longer comes early and is sent on. */
const LONGEST_DELAY_SECONDS = 900;
/** A phone waits for the order meanwhile, and the sweep is behind every message. */
const TIMEOUT_MS = 2_000;

const queueUrlSchema = v.object({ QueueUrl: v.pipe(v.string(), v.url()) });
const sentSchema = v.object({ MessageId: v.string() });

/**
 * Amazon SQS by its JSON protocol (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference: GetQueueUrl, SendMessage), signed by the
 * AWS SDK's own signer. The queue is named, not addressed: its address holds an account number that no literal of serverless.yml knows.
 */
export function createSqsQueue<Message>(settings: SqsSettings, deps: SqsDeps): LaterQueue<Message> {
  const endpoint = new URL(settings.endpoint ?? `https://sqs.${settings.region}.amazonaws.com`);
  const signer = new SignatureV4({ service: 'sqs', region: settings.region, credentials: settings.credentials, sha256: Sha256 });
  let queueUrl: Promise<string> | undefined;

  async function call<const S extends v.GenericSchema>(action: string, input: object, reply: S): Promise<v.InferOutput<S>> {
    const body = JSON.stringify(input);
    const port = endpoint.port === '' ? {} : { port: Number(endpoint.port) };
    const request = {
      method: 'POST',
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...port,
      path: '/',
      headers: { host: endpoint.host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body,
    };
    const { headers } = await signer.sign(request, { signingDate: new Date(deps.now()) });
    const { host: _byFetch, ...sent } = headers;
    const answer = await deps.fetch(endpoint, { method: 'POST', headers: sent, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${action}: ${answer.status}`);
    return v.parse(reply, await answer.json());
  }

  async function urlOfQueue(): Promise<string> {
    queueUrl ??= call('GetQueueUrl', { QueueName: settings.queueName }, queueUrlSchema).then(({ QueueUrl }) => QueueUrl);
    try {
      return await queueUrl;
    } catch (error) {
      // Asked again by the next message.
      queueUrl = undefined;
      throw error;
    }
  }

  return {
    async later(message, delayMs) {
      const DelaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1_000)));
      const MessageBody = JSON.stringify(message);
      try {
        await call('SendMessage', { QueueUrl: await urlOfQueue(), DelaySeconds, MessageBody }, sentSchema);
      } catch (error) {
        deps.onLost(error);
      }
    },
  };
}

/** SHA-256, and HMAC-SHA256 where there is a secret, as the signer wants them. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    throw new Error('one hash, one text');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

import { AppError } from '../../shared/errors';
import type { PaymentPlatformName } from './contract';

export interface BillLimits {
  /** What may come over the network. */
  readonly maxPackedBytes: number;
  /** What it may unpack to: a bomb ends here. Two million lines are about one gigabyte. */
  readonly maxUnpackedBytes: number;
  /** No byte for so long, and the server is given up. Time that the reader takes is not counted. */
  readonly stallMs: number;
  /** All waiting together: a server that drips does not win. */
  readonly totalWaitMs: number;
}

const GIB = 2 ** 30;
export const BILL_LIMITS: BillLimits = { maxPackedBytes: GIB, maxUnpackedBytes: 4 * GIB, stallMs: 15_000, totalWaitMs: 600_000 };

export interface BillRequest {
  readonly platform: PaymentPlatformName;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BillDownload {
  readonly status: number;
  /** To be read once. Ends the connection when left, at its end, and with every error. */
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  cancel(): Promise<void>;
}

/**
 * Opens a bill's address and hands its body over while it comes. As with `exchange`, what the network or fetch threw is not passed on.
 * @throws AppError bill.unavailable; while reading also bill.damaged (larger than allowed)
 */
export async function startDownload(request: BillRequest, send: typeof globalThis.fetch, limits: BillLimits): Promise<BillDownload> {
  const controller = new AbortController();
  const clock = waitingClock(limits);
  const failed = (error: unknown) => {
    controller.abort();
    if (error instanceof AppError) return error;
    return new AppError('bill.unavailable', { platform: request.platform, reason: error === TIMEOUT ? 'timeout' : 'network' });
  };
  const opening = () =>
    // A signed address is for one host; a redirect would hand it to another.
    send(request.url.href, { headers: request.headers, redirect: 'error', signal: controller.signal });
  const response = await clock.within(opening).catch((error: unknown) => {
    throw failed(error);
  });

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    let bytes = 0;
    try {
      for (let part = await clock.within(() => reader.read()); !part.done; part = await clock.within(() => reader.read())) {
        bytes += part.value.byteLength;
        if (bytes > limits.maxPackedBytes) throw new AppError('bill.damaged', { platform: request.platform, reason: 'too-large' });
        yield part.value;
      }
    } catch (error) {
      throw failed(error);
    } finally {
      controller.abort();
    }
  }

  return {
    status: response.status,
    chunks: read(),
    async cancel() {
      controller.abort();
      // What a cancelled body has still to say is of no interest.
      await response.body?.cancel().catch(() => undefined);
    },
  };
}

const TIMEOUT = Symbol('timeout');

/** Waits for one thing at a time, each no longer than `stallMs`, all together no longer than `totalWaitMs`. */
function waitingClock(limits: Pick<BillLimits, 'stallMs' | 'totalWaitMs'>) {
  let waitedMs = 0;
  return {
    async within<T>(start: () => Promise<T>): Promise<T> {
      const startedAt = performance.now();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const expired = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(TIMEOUT), Math.max(0, Math.min(limits.stallMs, limits.totalWaitMs - waitedMs)));
      });
      try {
        return await Promise.race([start(), expired]);
      } finally {
        clearTimeout(timer);
        waitedMs += performance.now() - startedAt;
      }
    },
  };
}

import type { World as Sandbox } from '../../../sandbox/world-contract';
import type { EpochMs } from '../../../shared/time';
import type { Chance } from '../simulation/chance';

/** Whether the network behaves: on some mornings it must, because what is looked at is the platform's bill. */
export interface NetworkWeather {
  requestLost: number;
  answerLost: number;
}

/**
 * The way to the platforms: no port is opened, a request is handed to the stand-in as it left our client. It may be lost, or its answer may;
 * of some orders every question is lost, so that only the bill can tell.
 */
export class Network {
  readonly weather: NetworkWeather = { requestLost: 0.02, answerLost: 0.03 };
  readonly #silent = new Map<string, EpochMs>();
  readonly #chance: Chance;
  readonly #clock: () => EpochMs;
  #sandbox: Sandbox | undefined;

  constructor(chance: Chance, clock: () => EpochMs) {
    this.#chance = chance;
    this.#clock = clock;
  }

  connect(sandbox: Sandbox): void {
    this.#sandbox = sandbox;
  }

  /** Nobody is told what became of this order until then. */
  silence(orderNo: string, until: EpochMs): void {
    this.#silent.set(orderNo, until);
  }

  isSilent(orderNo: string): boolean {
    return (this.#silent.get(orderNo) ?? 0) > this.#clock();
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const body = typeof init?.body === 'string' ? init.body : '';
    if (this.#isQuestionOfSilent(url, body) || this.#chance.is(this.weather.requestLost)) throw new TypeError('lost on the way');
    if (this.#sandbox === undefined) throw new Error('no sandbox is connected');
    const answer = await this.#sandbox.answer({
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.search.slice(1),
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: Buffer.from(body),
    });
    if (answer.status === 0 || this.#chance.is(this.weather.answerLost)) throw new TypeError('the answer was lost');
    const content = answer.stream === undefined ? answer.body : await wholeOf(answer.stream);
    return new Response(answer.status === 204 ? null : content, { status: answer.status, headers: { ...answer.headers } });
  };

  #isQuestionOfSilent(url: URL, body: string): boolean {
    const text = decodeURIComponent(`${url.href}\n${body}`.replaceAll('+', ' '));
    const isQuestion = text.includes('/pay/transactions/out-trade-no/') || text.includes('alipay.trade.query');
    if (!isQuestion) return false;
    for (const orderNo of this.#silent.keys()) if (text.includes(orderNo) && this.isSilent(orderNo)) return true;
    return false;
  }
}

async function wholeOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

import { randomBytes } from 'node:crypto';
import { errorTable } from '../../shared/errors';
import { answerWith } from '../lib/answer';
import { createHttpHandler, type HttpHandler } from '../lib/handler';
import type { EraseDueDeps } from '../operations/erase-due-holders';
import { dataRoutes } from '../student/data-routes';
import { createEraseDeps } from '../wiring/erase-deps';
import { createStudentData } from '../wiring/student-data';
import { type Heard, MASTER_KEY, type Phone, type StudentWorld } from './student-world';

export const PASSWORD = '739154';
export const PROOFS = { password: PASSWORD, proof: { kind: 'id-tail', value: '030417X' } } as const;

/** The holder's own addresses for their data and the sweep that erases, over a student world's store. */
export class DataWorld {
  readonly #student: StudentWorld;
  readonly #handler: HttpHandler;

  constructor(student: StudentWorld) {
    this.#student = student;
    const { deps } = createStudentData({
      ...this.#parts(),
      fieldKeys: student.fieldKeys,
      peppers: student.peppers,
    });
    this.#handler = createHttpHandler(async () => answerWith(dataRoutes({ deps: { ...deps, passwords: student.deps.passwords } })), {
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      counter: { count: () => undefined, publish: () => undefined },
      texts: errorTable,
      clock: () => student.now,
    });
  }

  #parts() {
    const { database } = this.#student;
    const random = (count: number) => new Uint8Array(randomBytes(count));
    return { database, clock: () => this.#student.now, randomBytes: random, masterKey: MASTER_KEY };
  }

  eraseDeps(database = this.#student.database): EraseDueDeps {
    return createEraseDeps({ ...this.#parts(), database });
  }

  get(who: Phone): Promise<Heard> {
    return this.#ask(who, 'GET', '');
  }

  export(who: Phone, body: unknown = PROOFS): Promise<Heard> {
    return this.#ask(who, 'POST', '/export', body);
  }

  request(who: Phone, body: unknown = PROOFS): Promise<Heard> {
    return this.#ask(who, 'POST', '/deletion', body);
  }

  cancel(who: Phone): Promise<Heard> {
    return this.#ask(who, 'DELETE', '/deletion');
  }

  async #ask(who: Phone, method: string, path: string, body?: unknown): Promise<Heard> {
    const answer = await this.#handler({
      rawPath: `/student/my-data${path}`,
      rawQueryString: '',
      headers: who.token === undefined ? {} : { authorization: `Bearer ${who.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      isBase64Encoded: false,
      requestContext: { http: { method, sourceIp: who.sourceIp }, requestId: 'test' },
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body), headers: answer.headers };
  }
}

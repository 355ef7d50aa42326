import { randomBytes } from 'node:crypto';
import { errorTable } from '../../shared/errors';
import { answerWith } from '../lib/answer';
import { createHttpHandler, type HttpHandler } from '../lib/handler';
import type { CampusPerson, CampusSso } from '../platforms/contract';
import { entryRoutes } from '../student/entry-routes';
import { createStudentEntry } from '../wiring/student-entry';
import type { Heard, Phone, StudentWorld } from './student-world';

type Visit = Parameters<CampusSso['authorizeUrl']>[0];
type Answer = Parameters<CampusSso['identify']>[0];

/** What was sent to one address. */
export interface Mail {
  readonly to: string;
  readonly code: string;
  readonly requestId: string;
}

/** The ways to bind beside the password over a student world's store, with the school's sign-in and both gateways played. */
export class EntryWorld {
  /** Whom the school's sign-in vouches for, or what it throws. */
  vouches: CampusPerson | Error = { number: '', name: undefined };
  gatewayFails: Error | undefined;
  readonly visits: Visit[] = [];
  readonly answers: Answer[] = [];
  readonly mails: Mail[] = [];
  readonly pauses: number[] = [];
  readonly counted: string[] = [];
  readonly #handler: HttpHandler;

  constructor(student: StudentWorld, ssoOf?: (schoolId: string) => CampusSso | undefined) {
    const sso: CampusSso = {
      authorizeUrl: async (visit) => {
        this.visits.push(visit);
        return `https://sso.school.example/authorize?${new URLSearchParams({ state: visit.state, redirect_uri: visit.redirectUri })}`;
      },
      identify: async (answer) => {
        this.answers.push(answer);
        if (this.vouches instanceof Error) throw this.vouches;
        return this.vouches;
      },
    };
    const take = (to: string, { code, requestId }: { code: string; requestId: string }): void => {
      if (this.gatewayFails !== undefined) throw this.gatewayFails;
      this.mails.push({ to, code, requestId });
    };
    const { deps } = createStudentEntry({
      database: student.database,
      clock: () => student.now,
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
      fieldKeys: student.fieldKeys,
      peppers: student.peppers,
      smsGateway: { send: async (message) => take(message.mobile, message) },
      mailGateway: { send: async (message) => take(message.email, message) },
      ssoOf: ssoOf ?? ((schoolId) => (schoolId === 'sjtu' ? sso : undefined)),
      publicBaseUrl: 'https://card.example/app',
      pause: async (ms) => void this.pauses.push(ms),
    });
    const counter = { count: (name: string) => void this.counted.push(name) };
    this.#handler = createHttpHandler(async () => answerWith(entryRoutes({ deps: { ...deps, counter } })), {
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      counter: { count: () => undefined, publish: () => undefined },
      texts: errorTable,
      clock: () => student.now,
    });
  }

  async post(who: Pick<Phone, 'token' | 'sourceIp'>, target: string, body: unknown): Promise<Heard> {
    const {
      statusCode,
      body: text,
      headers,
    } = await this.#handler({
      rawPath: `/student/entry${target}`,
      rawQueryString: '',
      headers: who.token === undefined ? {} : { authorization: `Bearer ${who.token}` },
      body: JSON.stringify(body),
      requestContext: { http: { method: 'POST', sourceIp: who.sourceIp } },
    });
    return { status: statusCode, body: JSON.parse(text), headers };
  }
}

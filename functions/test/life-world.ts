import { randomBytes } from 'node:crypto';
import { type LifeMemory, TerminalLife as Machine, NEW_MACHINE } from '../../sandbox/terminals/enrol';
import type { NewTerminalBody } from '../../shared/api/staff-terminals';
import { errorTable } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import { refuse } from '../lib/handler';
import { type HttpRequest, jsonReply } from '../lib/http';
import { createTerminal, type ManageTerminalsDeps, revokeTerminal } from '../operations/manage-terminals';
import { createEnrolments } from '../store/enrolments';
import { createGateRecords } from '../store/gate-records';
import { createHeartbeats } from '../store/heartbeats';
import { createMerchants } from '../store/merchants';
import { createSchools } from '../store/schools';
import type { Database } from '../store/table';
import { createTerminals } from '../store/terminals';
import { createTerminalLife, type TerminalLife } from '../wiring/terminal-life';
import { createModelDatabase, type ModelDatabase } from './model-database';
import { loadPack, NOON } from './sale-fixture';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const SCHOOL = 'shanghaitech';

/** What is lost between a machine and the server: the request, its answer, or the server itself after `at` calls of its store. */
export type Loss = 'none' | 'request' | 'answer';

/** A card office that enrols, and machines that live, over the model database. */
export class LifeWorld {
  readonly database: ModelDatabase;
  now = NOON;
  /** Of the next request. */
  loss: Loss = 'none';
  /** Through which the server sees its tables. */
  serverDatabase: Database;

  #warm: { readonly over: Database; readonly life: TerminalLife } | undefined;

  private constructor(database: ModelDatabase) {
    this.database = database;
    this.serverDatabase = database;
  }

  static async open(pack: Partial<RulePack> = {}): Promise<LifeWorld> {
    const world = new LifeWorld(createModelDatabase());
    await createSchools(world.database).publish({ ...loadPack(SCHOOL), ...pack });
    const name = { zh: '一食堂', en: 'Canteen 1' };
    await createMerchants(world.database).save({ schoolId: SCHOOL, merchant: 12, name, legalName: '第一食堂' });
    return world;
  }

  get office(): ManageTerminalsDeps {
    return {
      terminals: createTerminals(this.database),
      enrolments: createEnrolments(this.database),
      gateRecords: createGateRecords(this.database),
      heartbeats: createHeartbeats(this.database),
      merchants: createMerchants(this.database),
      transact: (writes) => this.database.transact(writes),
      clock: () => this.now,
      randomBytes,
    };
  }

  create(change: Partial<NewTerminalBody> = {}) {
    const body = { terminal: 7, kind: 'pos', merchant: 12, takesCash: false, name: '1 号窗口', place: '一楼', maxSaleFen: 5_000 } as const;
    return createTerminal(this.office, SCHOOL, { ...body, ...change });
  }

  revoke = (terminal = 7) => revokeTerminal(this.office, { schoolId: SCHOOL, terminal });
  row = (terminal = 7) => createTerminals(this.database).read(SCHOOL, terminal);
  heartbeatRow = (terminal = 7) => createHeartbeats(this.database).find(SCHOOL, terminal);

  /** A machine; the same `memory` again is the same one after a power cut. */
  machine(memory: LifeMemory = NEW_MACHINE, options: { terminal?: number; clockAheadMs?: number; software?: string } = {}) {
    const { terminal = 7, clockAheadMs = 0, software = '4.2.0' } = options;
    let kept = memory;
    const life = new Machine(
      { schoolId: SCHOOL, terminal, software },
      {
        fetch: this.fetch,
        clock: () => this.now + clockAheadMs,
        baseUrl: 'http://functions',
        memory: {
          load: () => kept,
          save: (next) => {
            kept = next;
          },
        },
      },
    );
    return { life, memory: () => kept };
  }

  async enrolled(change: Partial<NewTerminalBody> = {}) {
    const { code } = await this.create(change);
    const machine = this.machine(NEW_MACHINE, { terminal: change.terminal ?? 7 });
    const answer = await machine.life.enrol(code);
    if (answer.outcome !== 'done') throw new Error(`not enrolled: ${answer.code}`);
    return machine;
  }

  fetch: typeof globalThis.fetch = async (input, init) => {
    const lost = this.loss;
    this.loss = 'none';
    if (lost === 'request') throw new TypeError('the network is cut');
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const rawBody = new TextEncoder().encode(typeof init?.body === 'string' ? init.body : '');
    const path = new URL(String(input)).pathname;
    const reply = await this.answer({
      method: init?.method ?? 'GET',
      path,
      headers,
      query: {},
      rawBody,
      sourceIp: '192.0.2.1',
      requestId: 'r',
    });
    if (lost === 'answer') throw new TypeError('the answer is lost');
    return new Response(String(reply.body), { status: reply.status });
  };

  /** Kept as a warm function keeps it, until its database is another. */
  #server(): TerminalLife {
    if (this.#warm?.over !== this.serverDatabase) {
      const pinKeys = { current: 'p2', keys: { p1: new Uint8Array(32).fill(1), p2: new Uint8Array(32).fill(2) } };
      const life = createTerminalLife({ database: this.serverDatabase, clock: () => this.now, pinKeys });
      this.#warm = { over: this.serverDatabase, life };
    }
    return this.#warm.life;
  }

  async answer(request: HttpRequest) {
    const life = this.#server();
    const routes: Record<string, (request: HttpRequest) => Promise<object>> = {
      '/terminal/enrolments': life.enrol,
      '/terminal/keys': life.rotate,
      '/terminal/heartbeats': life.heartbeat,
      '/terminal/clock': async () => ({ serverTime: '', epochMs: this.now }),
    };
    try {
      return jsonReply(await routes[request.path]?.(request));
    } catch (error) {
      const counter = { count: () => undefined, publish: () => undefined };
      return refuse(error, { log: quiet, counter, texts: errorTable });
    }
  }
}

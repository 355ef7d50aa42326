import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { AppError, errorTable } from '../../shared/errors';
import { derivePageKey } from '../domain/school-keys';
import { answerWith, type RouteBindings, type RoutedApp } from '../lib/answer';
import { createHttpHandler, type HttpHandler } from '../lib/handler';
import type { PayForOtherDeps } from '../operations/pay-for-other';
import type { SweepDeps } from '../operations/settle-due-orders';
import type { VisitorDeps } from '../operations/visitor';
import { createOrders, DUE_SHARDS } from '../store/orders';
import { type CallerReaders, callerReaders } from '../student/route-kit';
import { FakePlatform } from './fake-platform';
import type { Heard, StudentWorld } from './student-world';

/** What paying by strangers borrows from the world, with both platforms played. */
export type MoneyDeps = PayForOtherDeps & VisitorDeps & SweepDeps & StudentWorld['deps'];

export const MASTER_KEY = new Uint8Array(32).fill(7);
export const SCAN_APPS = { 'wechat-pay': 'wxmini', alipay: '2021mini' } as const;

/** A student world with payment platforms, and routes of student-money that are asked over HTTP. */
export class MoneyWorld {
  readonly student: StudentWorld;
  readonly wechat = new FakePlatform('wechat-pay');
  readonly alipay = new FakePlatform('alipay');
  readonly deps: MoneyDeps;
  readonly #handler: HttpHandler;

  constructor(student: StudentWorld, mount: (readers: CallerReaders, deps: MoneyDeps) => readonly RoutedApp[]) {
    this.student = student;
    this.deps = {
      ...student.deps,
      orders: createOrders(student.database),
      platforms: { 'wechat-pay': this.wechat, alipay: this.alipay },
      notifyUrls: { 'wechat-pay': 'https://ecode.example/callbacks/wechat-pay', alipay: 'https://ecode.example/callbacks/alipay' },
      scanApps: SCAN_APPS,
      dueShards: DUE_SHARDS,
      pageKey: derivePageKey(MASTER_KEY),
      backOff: () => new Promise((resolve) => setImmediate(resolve)),
    };
    const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
    app.notFound(() => {
      throw new AppError('request.not-found');
    });
    app.onError((error) => {
      throw error;
    });
    for (const routes of mount(callerReaders(this.deps), this.deps)) app.route('/student/money', routes);
    this.#handler = createHttpHandler(async () => answerWith(app), {
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      counter: { count: () => undefined, publish: () => undefined },
      texts: errorTable,
      clock: () => student.now,
    });
  }

  async ask(
    who: { readonly token: string | undefined; readonly sourceIp: string },
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    target: string,
    body?: unknown,
  ): Promise<Heard> {
    const [rawPath = '', rawQueryString = ''] = `/student/money${target}`.split('?');
    const {
      statusCode,
      body: text,
      headers,
    } = await this.#handler({
      rawPath,
      rawQueryString,
      headers: who.token === undefined ? {} : { authorization: `Bearer ${who.token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      requestContext: { http: { method, sourceIp: who.sourceIp } },
    });
    return { status: statusCode, body: JSON.parse(text), headers };
  }

  /** A page on a computer, as its visitor opens it. */
  async page(sourceIp = '198.51.100.7'): Promise<{ readonly token: string; readonly sourceIp: string }> {
    const { body } = await this.ask({ token: undefined, sourceIp }, 'POST', '/page-sessions');
    return { token: body.sessionToken, sourceIp };
  }

  requestId(): string {
    return randomBytes(12).toString('hex');
  }
}

import { Hono } from 'hono';
import { codeBindBody, identityCodeBody, ssoBindBody, ssoVisitBody } from '../../shared/api/ways-in';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf } from '../lib/route-kit';
import { beginSso } from '../operations/begin-sso';
import { bindByCode } from '../operations/bind-by-code';
import { bindBySso } from '../operations/bind-by-sso';
import { sendIdentityCode } from '../operations/send-identity-code';
import type { StudentEntryWiring } from '../wiring/student-entry';
import { callerReaders } from './route-kit';

/** Every address under /student/entry: ways to bind beside the password. */
export function entryRoutes({ deps }: StudentEntryWiring): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.notFound(() => {
    throw new AppError('request.not-found');
  });
  app.onError((error) => {
    throw error;
  });
  const { callerOf } = callerReaders(deps);

  app.post('/student/entry/sso', async (c) => c.json(await beginSso(deps, await callerOf(c), bodyOf(c, ssoVisitBody))));
  app.post('/student/entry/sso/bind', async (c) => c.json(await bindBySso(deps, await callerOf(c), bodyOf(c, ssoBindBody))));
  app.post('/student/entry/codes', async (c) => c.json(await sendIdentityCode(deps, await callerOf(c), bodyOf(c, identityCodeBody))));
  app.post('/student/entry/codes/bind', async (c) => c.json(await bindByCode(deps, await callerOf(c), bodyOf(c, codeBindBody))));
  return app;
}

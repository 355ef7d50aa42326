import { Hono } from 'hono';
import * as v from 'valibot';
import { schoolIdSchema } from '../../shared/api/common';
import { passbookQuery, statementQuery } from '../../shared/api/records';
import {
  authorizeUrlQuery,
  bindBody,
  cancelLossBody,
  changePasswordBody,
  entriesAfterQuery,
  listSchoolsQuery,
  reportLossBody,
  reportLossElsewhereBody,
  resetCodeBody,
  resetPasswordBody,
  signInBody,
} from '../../shared/api/student';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf, queryOf, type RouteContext } from '../lib/route-kit';
import { authorizeUrl } from '../operations/authorize-url';
import { bind } from '../operations/bind';
import { cancelLoss } from '../operations/cancel-loss';
import { changePassword } from '../operations/change-password';
import { clearReceivable } from '../operations/clear-receivable';
import { codeKey } from '../operations/code-key';
import { entriesAfter } from '../operations/entries-after';
import { entryDetail } from '../operations/entry-detail';
import { giveIdentityPasses } from '../operations/give-identity-passes';
import { linkPlatform, unlinkPlatform } from '../operations/link-platform';
import { listApps } from '../operations/list-apps';
import { listProofs } from '../operations/list-proofs';
import { listSchools } from '../operations/list-schools';
import { openPasses } from '../operations/open-passes';
import { readAccount } from '../operations/read-account';
import { readPassbook } from '../operations/read-passbook';
import { removeApp } from '../operations/remove-app';
import { reportLoss } from '../operations/report-loss';
import { reportLossElsewhere } from '../operations/report-loss-elsewhere';
import { resetPassword, sendResetCode } from '../operations/reset-password';
import { sendSmsCode } from '../operations/send-sms-code';
import { signIn } from '../operations/sign-in';
import { signOut } from '../operations/sign-out';
import { statement } from '../operations/statement';
import type { StudentWiring } from '../wiring/student';
import { callerReaders } from './route-kit';
import { topUpRoutes } from './top-ups';
import { visitorReader } from './visitor-kit';

const linkTarget = v.picklist(['wechat', 'alipay']);
const entryNumber = v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number));
const bindingIdSchema = v.pipe(v.string(), v.regex(/^bnd_[0-9A-Z]{26}$/));

/** Every address of the student API: who asks, what is asked, one operation. */
export function studentRoutes({ deps, createTopUp, readOrder }: StudentWiring): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.notFound(() => {
    throw new AppError('request.not-found');
  });
  app.onError((error) => {
    throw error;
  });

  const { callerOf, holderOf } = callerReaders(deps);
  const visitorOf = visitorReader(deps);

  app.get('/student/schools', async (c) => c.json(await listSchools(deps, queryOf(c, listSchoolsQuery))));
  app.get('/student/schools/:schoolId', async (c) => {
    const schoolId = v.safeParse(schoolIdSchema, c.req.param('schoolId'));
    if (!schoolId.success) throw new AppError('school.unknown');
    return c.json({ pack: await deps.packOf(schoolId.output) });
  });

  app.get('/student/sign-in/authorize-url', (c) => c.json(authorizeUrl(deps, queryOf(c, authorizeUrlQuery))));
  app.post('/student/sign-in', async (c) => c.json(await signIn(deps, bodyOf(c, signInBody))));
  app.post('/student/sign-out', async (c) => c.json(await signOut(deps, await callerOf(c))));
  app.post('/student/bind', async (c) => c.json(await bind(deps, await callerOf(c), bodyOf(c, bindBody))));
  app.post('/student/unbind', async (c) => {
    const caller = await holderOf(c);
    return c.json(await removeApp(deps, caller, caller.bound.bindingId));
  });
  app.get('/student/apps', async (c) => c.json(await listApps(deps, await holderOf(c))));
  app.delete('/student/apps/:bindingId', async (c) => {
    const caller = await holderOf(c);
    const bindingId = v.safeParse(bindingIdSchema, c.req.param('bindingId'));
    if (!bindingId.success) throw new AppError('auth.app-unknown');
    return c.json(await removeApp(deps, caller, bindingId.output));
  });

  app.get('/student/account', async (c) => c.json(await readAccount(deps, await holderOf(c))));
  app.get('/student/entries', async (c) => {
    const caller = await holderOf(c);
    return c.json(await entriesAfter(deps, caller, queryOf(c, entriesAfterQuery).after));
  });
  app.get('/student/entries/:n', async (c) => {
    const caller = await holderOf(c);
    const n = v.safeParse(entryNumber, c.req.param('n'));
    if (!n.success) throw new AppError('entry.unknown');
    return c.json(await entryDetail(deps, caller, n.output));
  });
  app.get('/student/passbook', async (c) => c.json(await readPassbook(deps, await holderOf(c), queryOf(c, passbookQuery).from)));
  app.get('/student/statement', async (c) => c.json(await statement(deps, await holderOf(c), queryOf(c, statementQuery))));
  app.get('/student/code-key', async (c) => c.json(await codeKey(deps, await holderOf(c))));

  app.post('/student/passes', async (c) => c.json(await openPasses(deps, await holderOf(c))));
  app.post('/student/identity-passes', async (c) => c.json(await giveIdentityPasses(deps, await holderOf(c))));
  app.post('/student/receivables/clear', async (c) => c.json(await clearReceivable(deps, (await holderOf(c)).bound)));

  app.get('/student/proofs', async (c) => c.json(await listProofs(deps, await holderOf(c))));
  app.post('/student/sms-code', async (c) => c.json(await sendSmsCode(deps, await holderOf(c))));
  app.post('/student/password', async (c) => c.json(await changePassword(deps, await holderOf(c), bodyOf(c, changePasswordBody))));
  app.post('/student/password/reset-code', async (c) => c.json(await sendResetCode(deps, await callerOf(c), bodyOf(c, resetCodeBody))));
  app.post('/student/password/reset', async (c) => c.json(await resetPassword(deps, await callerOf(c), bodyOf(c, resetPasswordBody))));
  app.post('/student/loss', async (c) => c.json(await reportLoss(deps, await holderOf(c), bodyOf(c, reportLossBody))));
  app.post('/student/loss-reports', async (c) => {
    return c.json(await reportLossElsewhere(deps, await visitorOf(c), bodyOf(c, reportLossElsewhereBody)));
  });
  app.post('/student/loss/cancel', async (c) => c.json(await cancelLoss(deps, await holderOf(c), bodyOf(c, cancelLossBody))));
  app.post('/student/links/:target', async (c) => c.json(await linkPlatform(deps, await holderOf(c), targetOf(c))));
  app.delete('/student/links/:target', async (c) => c.json(await unlinkPlatform(deps, await holderOf(c), targetOf(c))));

  app.route('/', topUpRoutes({ holderOf, createTopUp, readOrder }));
  return app;
}

function targetOf(c: RouteContext): v.InferOutput<typeof linkTarget> {
  const target = v.safeParse(linkTarget, c.req.param('target'));
  if (!target.success) throw new AppError('request.not-found');
  return target.output;
}

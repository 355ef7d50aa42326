import { Hono } from 'hono';
import { auditQuery, staffBody, staffSignInBody } from '../../shared/api/staff';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf, queryOf } from '../lib/route-kit';
import { audited } from '../operations/audit';
import { listStaff, saveStaff } from '../operations/manage-staff';
import { readAudit } from '../operations/read-audit';
import { mustBeAllowed } from '../operations/staff-caller';
import { staffSignIn, staffSignOut } from '../operations/staff-sign-in';
import type { StaffWiring } from '../wiring/staff';
import { financeRoutes } from './finance-routes';
import { officeRoutes } from './office-routes';
import { staffCallerReader } from './staff-kit';
import { terminalRoutes } from './terminal-routes';

/** Every address of the staff's API. What changes something is recorded in the audit log by `audited`. */
export function staffRoutes(wiring: StaffWiring): RoutedApp {
  const { deps } = wiring;
  const callerOf = staffCallerReader(deps);
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.notFound(() => {
    throw new AppError('request.not-found');
  });
  app.onError((error) => {
    throw error;
  });
  app.post('/staff/sign-in', async (c) =>
    c.json(await staffSignIn(deps, { ...bodyOf(c, staffSignInBody), sourceIp: c.env.request.sourceIp })),
  );
  app.post('/staff/sign-out', async (c) => c.json(await staffSignOut(deps, await callerOf(c))));

  app.get('/staff/members', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'staff.manage');
    return c.json(await listStaff(deps, caller.member.schoolId));
  });
  app.put('/staff/members', async (c) => {
    const caller = await callerOf(c);
    const body = bodyOf(c, staffBody);
    const what = { act: 'staff.manage', subject: body.userName, detail: `${body.roles.join(' ')} active=${body.active}` } as const;
    return c.json(await audited(deps, caller, what, () => saveStaff(deps, caller.member, body)));
  });
  app.get('/staff/audit', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'audit.read');
    return c.json(await readAudit(deps, caller.member.schoolId, queryOf(c, auditQuery)));
  });
  app.route('/staff', financeRoutes(callerOf, wiring.finance));
  app.route('/staff', officeRoutes(callerOf, wiring.office));
  app.route('/staff', terminalRoutes(callerOf, wiring.terminals));
  return app;
}

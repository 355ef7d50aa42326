import { Hono } from 'hono';
import * as v from 'valibot';
import { changeTerminalBody, newTerminalBody, staffTerminalsQuery, terminalPinBody } from '../../shared/api/staff-terminals';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, bodyOf, queryOf, type RouteContext } from '../lib/route-kit';
import { type AuditDeps, audited } from '../operations/audit';
import {
  changeTerminal,
  createTerminal,
  listTerminals,
  type ManageTerminalsDeps,
  renewEnrolmentCode,
  resetGates,
  revokeTerminal,
} from '../operations/manage-terminals';
import { type SetTerminalPinDeps, setTerminalPin } from '../operations/set-terminal-pin';
import { mustBeAllowed, type StaffCaller } from '../operations/staff-caller';
import { paramOf, type StaffCallerReader } from './staff-kit';

type TerminalRoutesDeps = ManageTerminalsDeps & SetTerminalPinDeps & AuditDeps;

const accountNoSchema = v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/), v.transform(Number));
const numberSchema = v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/), v.transform(Number));

/** What the card office does with terminals, and the PIN that a merchant's people type at one. A code is in no log. */
export function terminalRoutes(callerOf: StaffCallerReader, deps: TerminalRoutesDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();

  app.get('/terminals', async (c) => {
    const caller = await callerOf(c);
    mustBeAllowed(caller, 'terminal.read');
    return c.json(await listTerminals(deps, caller.member.schoolId, queryOf(c, staffTerminalsQuery).after));
  });
  app.post('/terminals', async (c) => {
    const caller = await callerOf(c);
    const body = amountBodyOf(c, newTerminalBody, 'payment.amount-invalid');
    const detail = `${body.kind} merchant ${body.merchant} cash=${body.takesCash} limit=${limitText(body.maxSaleFen)}`;
    const what = { act: 'terminal.enrol', subject: `terminal ${body.terminal}`, detail } as const;
    return c.json(await audited(deps, caller, what, () => createTerminal(deps, caller.member.schoolId, body)));
  });
  app.put('/terminals/:terminal', async (c) => {
    const caller = await callerOf(c);
    const body = amountBodyOf(c, changeTerminalBody, 'payment.amount-invalid');
    const name = nameOf(c, caller);
    const what = { act: 'terminal.change', subject: `terminal ${name.terminal}`, detail: `limit=${limitText(body.maxSaleFen)}` } as const;
    return c.json(await audited(deps, caller, what, () => changeTerminal(deps, name, body)));
  });
  app.post('/terminals/:terminal/codes', async (c) => {
    const caller = await callerOf(c);
    const name = nameOf(c, caller);
    const what = { act: 'terminal.enrol', subject: `terminal ${name.terminal}`, detail: 'another code' } as const;
    return c.json(await audited(deps, caller, what, () => renewEnrolmentCode(deps, name)));
  });
  app.post('/terminals/:terminal/revocation', async (c) => {
    const caller = await callerOf(c);
    const name = nameOf(c, caller);
    const what = { act: 'terminal.revoke', subject: `terminal ${name.terminal}` } as const;
    return c.json(await audited(deps, caller, what, () => revokeTerminal(deps, name)));
  });
  app.post('/gate-passages/:accountNo/reset', async (c) => {
    const caller = await callerOf(c);
    const accountNo = paramOf(c, 'accountNo', accountNoSchema);
    const what = { act: 'gate.reset', subject: `account ${accountNo}` } as const;
    await audited(deps, caller, what, () => resetGates(deps, { schoolId: caller.member.schoolId, accountNo }));
    return c.json({ accountNo });
  });
  app.put('/terminal-pin', async (c) => {
    const caller = await callerOf(c);
    const body = bodyOf(c, terminalPinBody);
    const what = { act: 'terminal-pin.set', subject: caller.member.userName } as const;
    return c.json(await audited(deps, caller, what, () => setTerminalPin(deps, caller, body)));
  });
  return app;
}

function nameOf(c: RouteContext, { member }: StaffCaller) {
  return { schoolId: member.schoolId, terminal: paramOf(c, 'terminal', numberSchema) };
}

/** For the log: an amount that is none is told as such and refused later. */
function limitText(value: unknown): string {
  return typeof value === 'number' ? String(value) : 'none';
}

import { randomBytes } from 'node:crypto';
import type { StaffBody } from '../../shared/api/staff';
import { createPasswords } from '../domain/password';
import { answerWith } from '../lib/answer';
import { refuse } from '../lib/handler';
import type { HttpReply } from '../lib/http';
import { staffRoutes } from '../staff/routes';
import type { Database } from '../store/table';
import { createStaffDeps, type StaffDeps, type StaffWiring, staffHandlerDeps } from '../wiring/staff';
import { createModelDatabase } from './model-database';

const peppers = { current: 'p1', keys: { p1: new Uint8Array(32).fill(7) } };
export const PASSWORD = 'twelve-letters-or-more';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const SCHOOL = 'shanghaitech';

/** A school's staff over the routes, as HTTP sees them; passwords cost one cheap derivation. */
export async function office(database: Database = createModelDatabase(), parts?: Partial<StaffWiring>) {
  let now = Date.parse('2026-11-21T02:00:00Z');
  const made = createStaffDeps({ database, clock: () => now, peppers });
  const passwords = createPasswords({ peppers, randomBytes, deriveKey: async (secret) => new Uint8Array(secret.slice(0, 32)) });
  const deps: StaffDeps = { ...made, passwords, backOff: async () => undefined };
  // Routes of a part that a test does not use are made of nothing and never asked.
  const wiring = { ...(parts as Omit<StaffWiring, 'deps'>), deps };
  const answer = answerWith(staffRoutes(wiring));
  const passwordHash = await passwords.hash(PASSWORD);
  const appoint = (userName: string, roles: StaffBody['roles'], merchants: number[] = []) =>
    deps.staff.save({ schoolId: SCHOOL, userName, displayName: userName, roles, merchants, passwordHash, active: true, version: 1 });
  await appoint('boss', ['manager']);
  await appoint('fin', ['finance']);
  await appoint('aud', ['auditor']);
  const ask = async (
    method: string,
    path: string,
    token?: string,
    body?: object,
    query: Record<string, string> = {},
  ): Promise<HttpReply> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const rawBody = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
    try {
      return await answer({ method, path, headers, query, rawBody, sourceIp: '192.0.2.1', requestId: 'r' });
    } catch (error) {
      return refuse(error, { log: quiet, counter: staffHandlerDeps.counter, texts: staffHandlerDeps.texts });
    }
  };
  const signIn = async (userName: string, password = PASSWORD): Promise<string> => {
    const reply = await ask('POST', '/staff/sign-in', undefined, { schoolId: SCHOOL, userName, password });
    return String(JSON.parse(String(reply.body)).sessionToken ?? JSON.parse(String(reply.body)).error.code);
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { deps, ask, signIn, appoint, pass };
}

export const codeOf = (reply: HttpReply): string => (reply.status < 400 ? 'ok' : JSON.parse(String(reply.body)).error.code);

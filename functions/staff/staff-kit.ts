import type * as v from 'valibot';
import { daySchema } from '../../shared/api/finance';
import { parseInput } from '../lib/http';
import type { RouteContext } from '../lib/route-kit';
import { readStaffCaller, type StaffCaller, type StaffCallerDeps } from '../operations/staff-caller';

/** Who asks, read from the request's session. Throws AppError `staff.sign-in-required`. */
export type StaffCallerReader = (c: RouteContext) => Promise<StaffCaller>;

export function staffCallerReader(deps: StaffCallerDeps): StaffCallerReader {
  return ({ env }) => readStaffCaller(deps, { authorization: env.request.headers.authorization, sourceIp: env.request.sourceIp });
}

/** A parameter of the path. @throws AppError request.malformed */
export function paramOf<const S extends v.GenericSchema>(c: RouteContext, name: string, schema: S): v.InferOutput<S> {
  return parseInput(schema, c.req.param(name));
}

/** @throws AppError request.malformed */
export function dayOf(c: RouteContext): string {
  return paramOf(c, 'day', daySchema);
}

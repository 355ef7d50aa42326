import type { Context } from 'hono';
import type * as v from 'valibot';
import { AppError, type ErrorCode } from '../../shared/errors';
import { hasExponent, parseInput, readJson } from '../lib/http';
import { asHolder, type Caller, type HolderCaller, readCaller } from '../operations/caller';
import type { RouteBindings } from './answer';

export type RouteContext = Context<{ Bindings: RouteBindings }>;

/** Who asks, read from the request's session. */
export interface CallerReaders {
  /** Throws AppError `auth.sign-in-required`. */
  readonly callerOf: (c: RouteContext) => Promise<Caller>;
  /** Throws AppError `auth.sign-in-required`, `auth.bind-required`. */
  readonly holderOf: (c: RouteContext) => Promise<HolderCaller>;
}

export function callerReaders(deps: Parameters<typeof readCaller>[0]): CallerReaders {
  const callerOf = ({ env }: RouteContext): Promise<Caller> =>
    readCaller(deps, { authorization: env.request.headers.authorization, sourceIp: env.request.sourceIp });
  return { callerOf, holderOf: async (c) => asHolder(await callerOf(c)) };
}

/** @throws AppError request.malformed */
export function queryOf<const S extends v.GenericSchema>(c: RouteContext, schema: S): v.InferOutput<S> {
  return parseInput(schema, c.env.request.query);
}

/** @throws AppError request.malformed */
export function bodyOf<const S extends v.GenericSchema>(c: RouteContext, schema: S): v.InferOutput<S> {
  return parseInput(schema, readJson(c.env.request.rawBody));
}

/** A body with an amount of money, which must be written out. @throws AppError request.malformed, `refusal` */
export function amountBodyOf<const S extends v.GenericSchema>(c: RouteContext, schema: S, refusal: ErrorCode): v.InferOutput<S> {
  const body = bodyOf(c, schema);
  if (hasExponent(c.env.request.rawBody)) throw new AppError(refusal);
  return body;
}

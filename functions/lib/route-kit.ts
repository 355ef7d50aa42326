import type { Context } from 'hono';
import type * as v from 'valibot';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { RouteBindings } from './answer';
import { hasExponent, parseInput, readJson } from './http';

export type RouteContext = Context<{ Bindings: RouteBindings }>;

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

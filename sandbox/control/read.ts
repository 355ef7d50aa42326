import * as v from 'valibot';

/** A press of a button that means nothing: answered with 400. */
export class BadControl extends Error {}

export type ControlPosts = Readonly<Record<string, (body: unknown) => unknown>>;
export type ControlGets = Readonly<Record<string, (query: URLSearchParams) => unknown>>;

export function read<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw new BadControl(parsed.issues[0].message);
  return parsed.output;
}

export function fail(message: string): never {
  throw new BadControl(message);
}

import * as v from 'valibot';

/** More unknown fields than a newer server would add between two versions of the app. */
const MOST_FIELDS = 100;

/**
 * Parses an answer as its schema says, but leaves out fields that this version of the app does not know yet: a server is newer than the apps in
 * people's pockets, and a school's pack may gain a field on any day. Anything else that is wrong stays wrong.
 */
export function lenientParse<const Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.SafeParseResult<Schema> {
  let parsed = v.safeParse(schema, input);
  // Only an answer that has an unknown field is copied.
  let copy: unknown;
  for (let fields = 0; !parsed.success && fields < MOST_FIELDS; fields += 1) {
    const unknown = parsed.issues.filter((issue) => issue.type === 'strict_object' && issue.expected === 'never');
    if (unknown.length < parsed.issues.length || unknown.length === 0) return parsed;
    copy ??= JSON.parse(JSON.stringify(input));
    for (const issue of unknown) leaveOut(copy, issue.path?.map(({ key }) => key) ?? []);
    parsed = v.safeParse(schema, copy);
  }
  return parsed;
}

function leaveOut(root: unknown, path: readonly unknown[]): void {
  let at = root;
  for (const key of path.slice(0, -1)) at = isRecord(at) ? at[String(key)] : undefined;
  if (isRecord(at)) delete at[String(path.at(-1))];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

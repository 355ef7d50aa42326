import { cut } from '../wire';

const MAX_SUBJECT = 256;

/** A trade's `subject`: the platform forbids these three characters in it. */
export function subjectOf(description: string): string {
  return cut(description.replace(/[/=&]/g, ' '), MAX_SUBJECT);
}

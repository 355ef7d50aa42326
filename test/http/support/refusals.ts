import type { ErrorCode } from '../../../shared/errors';
import { expectRefusal, type Heard } from './ask';
import type { HttpWorld } from './world';

/** Above what any function takes, and below what the gateway in front of them does. */
export const TOO_LARGE = `{"padding":"${'x'.repeat(65_536)}"}`;

/** Rows in which wrong guesses are counted: all that a refused secret may write. */
export const GUESSES = /#GUESS#/;

/** What is no amount of money, in the very characters of a body. */
export const NO_AMOUNTS = ['0', '-1', '1.5', '"500"', '1e3', '5E2', '9007199254740992', 'true', '[500]', '{"fen":500}'] as const;

/** A body with an amount as it is written here, which JSON.stringify might write otherwise. */
export function bodyWith(rest: object, name: string, amount: string): string {
  const text = JSON.stringify(rest).slice(0, -1);
  return `${text}${text === '{' ? '' : ','}"${name}":${amount}}`;
}

/** Refused by this name, with both tables as they were but for rows that `but` names. */
export async function refusedAs(world: HttpWorld, code: ErrorCode, act: () => Promise<Heard>, but?: RegExp): Promise<Heard> {
  const heard = await world.ledger.unchangedBy(act, but);
  expectRefusal(heard, code);
  return heard;
}

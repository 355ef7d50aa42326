import { inspect } from 'node:util';
import { type AppError, isAppError } from '../../../shared/errors';

/** The refusal that `run` ends with; fails where it ends well or with anything but an AppError. */
export async function refusalOf(run: () => unknown): Promise<AppError> {
  try {
    await run();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

export async function codeOf(run: () => unknown): Promise<string> {
  return (await refusalOf(run)).code;
}

/** All that a logger could print of an error: message, stack, cause, detail. */
export function everythingOf(error: AppError): string {
  return `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`;
}

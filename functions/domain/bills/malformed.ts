import { AppError } from '../../../shared/errors';

/** What is wrong in which line, for the person who opens the file; lines count from 1. */
export function malformed(reason: string, line: number): AppError {
  return new AppError('bill.malformed', { reason, line });
}

/** A last line without its line feed may have been cut anywhere, so what is wrong with it is damage. */
export function cutShort(error: unknown, terminated: boolean): unknown {
  return !terminated && error instanceof AppError ? new AppError('bill.damaged', error.detail) : error;
}

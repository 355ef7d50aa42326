import { Logger } from '@aws-lambda-powertools/logger';
import { isAppError } from '../../shared/errors';

/** Short facts for whoever runs this. Never a secret, a name, a number of a person, a body or a header. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Level and service come from POWERTOOLS_LOG_LEVEL and POWERTOOLS_SERVICE_NAME. */
export function createLog(): Log {
  const logger = new Logger();
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}

/**
 * An unexpected error as fields. Libraries quote what they were given, so what looks like a number of a person, a key
 * or a token is cut out of the message, a parse error is told by where it failed only, and of the stack the places stay.
 */
export function errorFields(error: unknown): LogFields {
  if (isAppError(error)) return { error: error.code, ...error.detail };
  if (!(error instanceof Error)) return { error: typeof error };
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    error: error.name,
    reason: reasonOf(error),
    stack: places
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' | '),
  };
}

function reasonOf(error: Error): string {
  // valibot's message and issues quote the received value.
  if ('issues' in error) return 'schema';
  return error.message.replace(/[\w+/=-]{20,}|[0-9]{5,}|"[^"]*"|'[^']*'/g, '…').slice(0, 200);
}

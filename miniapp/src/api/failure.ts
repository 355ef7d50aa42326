import * as v from 'valibot';
import { errorBodySchema } from '../../../shared/api/common';

/**
 * Why a request has no good answer. `refused` carries the server's code and its sentence in both languages; the rest
 * happened on the way, and nothing is known of what the server did.
 */
export type FailureKind = 'refused' | 'offline' | 'unreadable' | 'no-container' | 'no-consent' | 'leaving';

export class Failure extends Error {
  readonly kind: FailureKind;
  /** The server's error code, when refused. */
  readonly code: string | undefined;
  readonly said: { readonly zh: string; readonly en: string } | undefined;

  constructor(kind: FailureKind, refusal?: { code: string; zh: string; en: string }) {
    super(refusal?.code ?? kind);
    this.name = 'Failure';
    this.kind = kind;
    this.code = refusal?.code;
    this.said = refusal === undefined ? undefined : { zh: refusal.zh, en: refusal.en };
  }
}

/** Reads the body of a non-2xx answer. Whatever is not our error body is `unreadable`: a proxy's page, say. */
export function failureFrom(body: unknown): Failure {
  const parsed = v.safeParse(errorBodySchema, body);
  if (!parsed.success) return new Failure('unreadable');
  const { code, messageZh, messageEn } = parsed.output.error;
  return new Failure('refused', { code, zh: messageZh, en: messageEn });
}

export function asFailure(reason: unknown): Failure {
  return reason instanceof Failure ? reason : new Failure('unreadable');
}

export function isRefusal(reason: unknown, code: string): boolean {
  return reason instanceof Failure && reason.code === code;
}

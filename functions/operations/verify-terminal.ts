import { createHash, createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import { type SaleBody, saleBody, type TerminalPurpose, terminalHeaders, terminalSignedText } from '../../shared/api/terminal';
import { AppError } from '../../shared/errors';
import type { EpochMs } from '../../shared/time';
import { hasExponent } from '../lib/http';
import type { Terminal } from '../store/terminals';

/** A request is fresh while its `sentAt` lies within this of our clock. */
export const SENT_WITHIN_MS = 30_000;

/** What every signed body says of its sender. */
const namesSchema = v.object({ schoolId: v.string(), terminal: v.number() });

export type VerifiedSale = VerifiedRequest<SaleBody>;

export interface VerifyDeps {
  readonly clock: () => EpochMs;
  readonly findTerminal: (schoolId: string, terminal: number) => Promise<Terminal | undefined>;
}

export interface SignedRequest {
  readonly purpose: TerminalPurpose;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Uint8Array;
}

export interface VerifiedRequest<Body> {
  readonly body: Body;
  readonly bodyHash: string;
  readonly attempt: number;
  readonly terminal: Terminal;
  /** The one of the terminal's keys that signed: while a key is being changed there are two. */
  readonly publicKey: string;
}

/**
 * Who sends this, and is it what they signed? Checked on the raw bytes before anything in them is read. A stale
 * request is refused without a word about what it asks: the terminal signs again with a fresh `sentAt`.
 *
 * Throws `terminal.unsigned`, `terminal.unknown`, `terminal.revoked`, `terminal.bad-signature`, `terminal.stale`,
 * `terminal.clock` (sentAt ahead of us), `terminal.other-school`, `request.malformed`.
 */
export async function verifySigned<const S extends v.GenericSchema<unknown, { readonly schoolId: string; readonly terminal: number }>>(
  deps: VerifyDeps,
  input: SignedRequest,
  schema: S,
): Promise<VerifiedRequest<v.InferOutput<S>>> {
  const headers = v.safeParse(terminalHeaders, input.headers);
  if (!headers.success) throw new AppError('terminal.unsigned');
  const schoolId = headers.output['x-ecode-school'];
  const number = headers.output['x-ecode-terminal'];
  const sentAt = headers.output['x-ecode-sent-at'];
  const attempt = headers.output['x-ecode-attempt'];

  const terminal = await deps.findTerminal(schoolId, number);
  if (terminal?.publicKey === undefined) throw new AppError('terminal.unknown');
  const now = deps.clock();
  const bodyHash = createHash('sha256').update(input.rawBody).digest('hex');
  const text = terminalSignedText({ purpose: input.purpose, schoolId, terminal: number, attempt, sentAt, bodySha256: bodyHash });
  const signature = Buffer.from(headers.output['x-ecode-signature'], 'base64');
  const publicKey = keysOf(terminal, now).find((one) => isSignedBy(one, text, signature));
  if (publicKey === undefined) throw new AppError('terminal.bad-signature');
  if (terminal.status === 'revoked') throw new AppError('terminal.revoked');

  mustBeFresh(sentAt, now);
  const json = parseJson(input.rawBody);
  // Whose it is comes before what is in it.
  const named = v.safeParse(namesSchema, json);
  if (named.success && (named.output.schoolId !== schoolId || named.output.terminal !== number))
    throw new AppError('terminal.other-school');
  const body = v.safeParse(schema, json);
  if (!body.success) throw new AppError('request.malformed');
  return { body: body.output, bodyHash, attempt, terminal, publicKey };
}

/** A signed sale. Throws as `verifySigned`. */
export async function verifyTerminal(deps: VerifyDeps, input: SignedRequest): Promise<VerifiedSale> {
  const verified = await verifySigned(deps, input, saleBody);
  // Whose body this is stays as it was; only its amount is none, and the sale is refused as any sale without one.
  const amountFen = hasExponent(input.rawBody) ? undefined : verified.body.amountFen;
  return { ...verified, body: { ...verified.body, amountFen } };
}

/** Throws AppError: `terminal.stale`, `terminal.clock` (sentAt ahead of us); both tell our time. */
export function mustBeFresh(sentAt: EpochMs, now: EpochMs): void {
  if (sentAt < now - SENT_WITHIN_MS) throw new AppError('terminal.stale', { serverTime: now });
  if (sentAt > now + SENT_WITHIN_MS) throw new AppError('terminal.clock', { serverTime: now });
}

/** The present key, and the one before it as long as that is still good. */
function keysOf({ publicKey, previousKey }: Terminal, now: EpochMs): readonly string[] {
  const before = previousKey !== undefined && now <= previousKey.until ? [previousKey.publicKey] : [];
  return publicKey === undefined ? before : [publicKey, ...before];
}

/** Whether the Ed25519 key (raw, 32 bytes, base64) made the signature. */
export function isSignedBy(publicKey: string, text: string, signature: Uint8Array): boolean {
  return verify(null, Buffer.from(text), publicKeyOf(publicKey), signature);
}

/** RFC 8410: the fixed prefix of an Ed25519 SubjectPublicKeyInfo. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function publicKeyOf(base64: string) {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, Buffer.from(base64, 'base64')]), format: 'der', type: 'spki' });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new AppError('request.malformed');
  }
}

import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import * as v from 'valibot';
import type { EpochMs } from '../../shared/time';
import type { Surroundings } from '../surroundings';
import type { EventSource } from './events';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse, type Service } from './http';
import { lookup } from './lookup';
import { type SwitchedPartnerFault, strike } from './partner-faults';
import type { PartnerKeys } from './partner-keys';

/**
 * The partner's end of the signed exchange, written from docs/bank-gateway.md with node:crypto alone: it shares no line with the client. A
 * request is believed when a client's key signed its raw bytes within five minutes and its nonce is new.
 */
export interface PartnerCall {
  readonly clientId: string;
  readonly act: string;
  readonly requestNo: string;
  /** When the client signed it; orders the sendings of a number. */
  readonly signedAt: EpochMs;
  readonly content: Readonly<Record<string, unknown>>;
  readonly fault: SwitchedPartnerFault | undefined;
}

export interface PartnerReply {
  readonly status: number;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface PartnerDoor {
  readonly source: EventSource;
  readonly keys: PartnerKeys;
  readonly faults: SwitchedPartnerFault[];
  carryOut(call: PartnerCall): PartnerReply;
}

/** A refusal: nothing has moved and nothing will under this number. 409 is for a number that carries another act. */
export function refusal(code: string, numbers: Readonly<Record<string, number>> = {}): PartnerReply {
  return { status: code === 'number-reused' ? 409 : 422, content: { code, ...numbers } };
}

/** This sending was signed before a query that found nothing: it is void, and a later sending may count. */
export const OVERTAKEN: PartnerReply = { status: 425, content: { code: 'overtaken' } };

const WINDOW_MS = 5 * 60_000;
const NO_ANSWER: SandboxResponse = { status: 0, headers: {}, body: '' };
const numbered = v.looseObject({ requestNo: v.pipe(v.string(), v.regex(/^[0-9A-Za-z_]{6,40}$/)) });

interface Proof {
  readonly clientId: string;
  readonly timestamp: string;
  readonly nonce: string;
}

export function createPartnerDoor(parts: Surroundings, door: PartnerDoor): Service {
  const seen = new Map<string, EpochMs>();
  let before: SandboxResponse | undefined;

  function refused(request: SandboxRequest, status: number, code: string): SandboxResponse {
    parts.events.publish(door.source, 'request.refused', request.path, { code });
    return jsonResponse(status, { code });
  }

  function staleness({ timestamp, nonce, clientId }: Proof): 'stale-timestamp' | 'nonce-used' | undefined {
    const now = parts.wireClock();
    if (Math.abs(now - Number(timestamp)) > WINDOW_MS) return 'stale-timestamp';
    for (const [old, at] of seen) if (now - at > 2 * WINDOW_MS) seen.delete(old);
    if (seen.has(`${clientId} ${nonce}`)) return 'nonce-used';
    seen.set(`${clientId} ${nonce}`, now);
    return undefined;
  }

  return (request) => {
    if (request.method !== 'POST') return refused(request, 405, 'not-post');
    const proof = proofOf(request, door.keys);
    if (proof === undefined) return refused(request, 401, 'bad-signature');
    const parsed = v.safeParse(numbered, parseJson(request.body));
    if (!parsed.success) return refused(request, 400, 'malformed');
    const { requestNo, ...content } = parsed.output;
    const answer = (reply: PartnerReply, fault?: SwitchedPartnerFault) => signed(parts, door, { request, proof, requestNo, reply, fault });
    const fault = strike(door.faults, { act: request.path, requestNo });
    // Lost on its way here: it may be sent again as it is.
    if (fault?.fault === 'no-answer') return NO_ANSWER;
    const stale = staleness(proof);
    if (stale !== undefined) return answer({ status: 401, content: { code: stale } });
    if (fault?.fault === 'system-error') return answer({ status: 500, content: { code: 'system-error' } });
    const reply = door.carryOut({
      clientId: proof.clientId,
      act: request.path,
      requestNo,
      signedAt: Number(proof.timestamp),
      content,
      fault,
    });
    parts.changed();
    if (reply.status !== 200) {
      parts.events.publish(door.source, 'request.refused', requestNo, { act: request.path, code: String(reply.content.code) });
    }
    if (fault?.fault === 'answer-lost') return NO_ANSWER;
    const response = fault?.fault === 'other-request' && before ? before : answer(reply, fault);
    before = response;
    return response;
  };
}

/** Who signed the raw bytes; undefined for a stranger. */
function proofOf(request: SandboxRequest, keys: PartnerKeys): Proof | undefined {
  const { headers } = request;
  const clientId = headers['ecode-client'] ?? '';
  const timestamp = headers['ecode-timestamp'] ?? '';
  const nonce = headers['ecode-nonce'] ?? '';
  const client = lookup(keys.clients, clientId);
  if (client === undefined || client.keyId !== headers['ecode-key']) return undefined;
  if (!/^\d{13}$/.test(timestamp) || !/^[0-9a-f]{32}$/.test(nonce)) return undefined;
  const url = request.query === '' ? request.fullPath : `${request.fullPath}?${request.query}`;
  const text = `ecode-request-1\n${request.method}\n${url}\n${clientId}\n${timestamp}\n${nonce}\n${hexDigest(request.body)}`;
  const isSigned = verify(null, Buffer.from(text), client.publicKeyPem, Buffer.from(headers['ecode-signature'] ?? '', 'base64'));
  return isSigned ? { clientId, timestamp, nonce } : undefined;
}

interface Answering {
  readonly request: SandboxRequest;
  readonly proof: Proof;
  readonly requestNo: string;
  readonly reply: PartnerReply;
  readonly fault: SwitchedPartnerFault | undefined;
}

let stranger: KeyObject | undefined;

function signed(parts: Surroundings, door: PartnerDoor, { request, proof, requestNo, reply, fault }: Answering): SandboxResponse {
  const response = jsonResponse(reply.status, { requestNo, ...reply.content });
  if (fault?.fault === 'unsigned') return response;
  const url = request.query === '' ? request.fullPath : `${request.fullPath}?${request.query}`;
  const timestamp = String(parts.wireClock() - (fault?.fault === 'stale-answer' ? 600_000 : 0));
  // Where an earlier answer is to be played back and there is none, one for another sending of another number stands in.
  const [number, nonce] = fault?.fault === 'other-request' ? ['other_request_0001', '0'.repeat(32)] : [requestNo, proof.nonce];
  const head = `ecode-answer-1\n${url}\n${proof.clientId}\n${number}\n${nonce}\n${timestamp}\n${reply.status}\n`;
  stranger ??= generateKeyPairSync('ed25519').privateKey;
  const key = fault?.fault === 'wrong-key' ? stranger : createPrivateKey(door.keys.answer.privateKeyPem);
  const signature = sign(null, Buffer.from(head + hexDigest(Buffer.from(response.body))), key).toString('base64');
  return {
    ...response,
    headers: { ...response.headers, 'ecode-key': door.keys.answer.keyId, 'ecode-timestamp': timestamp, 'ecode-signature': signature },
    body: fault?.fault === 'tampered' ? tampered(response.body) : response.body,
  };
}

/** Another amount, or another first letter, in JSON that is as good as before. */
function tampered(body: string): string {
  const changed = body.replace(/("amountFen":)(\d)/, (_, head: string, digit: string) => `${head}${(Number(digit) % 9) + 1}`);
  return changed === body ? body.replace(/\}$/, ',"note":"changed"}') : changed;
}

function hexDigest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

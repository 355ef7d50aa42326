import { type JournalSale, type Refusal, type SaleResult, SOURCES } from './memory';

/** What came back, if anything did; read as docs/terminal-api.md describes it. */
export type Heard =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly status: number; readonly refusal: Refusal; readonly serverTime: number | undefined }
  | { readonly kind: 'answered'; readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export type AskedAs = 'charge' | 'query' | 'void';

/** Refused at the door, before anybody looked at the sale. */
const AT_THE_DOOR = ['request.malformed', 'request.too-large', 'request.not-found', 'school.unknown'];

export function readHeard(status: number, body: unknown): Heard {
  const found = isRecord(body) ? body : {};
  if (!isRecord(found.error)) return { kind: 'answered', status, body: found };
  const detail = isRecord(found.error.detail) ? found.error.detail : {};
  return { kind: 'refused', status, refusal: refusalIn(found.error), serverTime: instant(detail.serverTime) };
}

/**
 * A sale after an answer about it. Only a definite answer ends it, with one exception: a refusal of its only sending, which stands as long as
 * nothing more is sent, so the till sends nothing more. `unknown` is not touched here: it is the resolver that gives up.
 */
export function settle(sale: JournalSale, asked: AskedAs, heard: Heard): JournalSale {
  const open = { ...sale, pending: false };
  if (heard.kind === 'nothing') return sale;
  if (heard.kind === 'refused') return settleRefused(open, asked, heard.refusal);
  const { outcome, definite } = heard.body;
  const reason = isRecord(heard.body.reason) ? { refusal: refusalIn(heard.body.reason) } : {};
  if (outcome === 'charged' && definite === true) {
    const { refusal: _earlier, ...known } = open;
    // Somebody asked for it back meanwhile: that it was charged is what happened, and not how it ends.
    return { ...known, result: resultIn(heard.body), state: sale.wants === 'void' ? 'open' : 'charged' };
  }
  if (outcome === 'voided' && definite === true) return { ...open, result: sale.result ?? resultIn(heard.body), state: 'voided' };
  if (outcome === 'pending') return { ...open, pending: true };
  if (outcome === 'not-charged' && (definite === true || sale.attempts === 1)) return { ...open, ...reason, state: 'not-charged' };
  return { ...open, ...reason };
}

function settleRefused(sale: JournalSale, asked: AskedAs, refusal: Refusal): JournalSale {
  // The sequence was decided with other bytes, so these never charge.
  if (refusal.code === 'payment.other-body') return { ...sale, refusal, state: 'not-charged' };
  const atTheDoor = refusal.code.startsWith('terminal.') || AT_THE_DOOR.includes(refusal.code);
  if (sale.attempts === 1 && atTheDoor) return { ...sale, refusal, state: 'not-charged' };
  // It was given back before by other means: what was charged stays as it is.
  const isRefused = refusal.code.startsWith('refund.') || refusal.code === 'native.not-reversible';
  if (asked === 'void' && isRefused && sale.result !== undefined) {
    return { ...sale, refusal, wants: 'charge', state: 'charged' };
  }
  return { ...sale, refusal };
}

function resultIn(body: Readonly<Record<string, unknown>>): SaleResult {
  const optional = (['listFen', 'surchargeFen', 'discountFen', 'paidFen'] as const).flatMap((name) => {
    const value = body[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  const paidFrom = Array.isArray(body.funding) ? { paidFrom: body.funding.flatMap(partIn) } : {};
  return {
    entryId: typeof body.entryId === 'string' ? body.entryId : '',
    amountFen: numberIn(body.amountFen),
    claimedFen: numberIn(body.claimedFen),
    cardFen: typeof body.cardFen === 'number' ? body.cardFen : null,
    ...paidFrom,
    ...Object.fromEntries(optional),
  };
}

function partIn(part: unknown): { source: (typeof SOURCES)[number]; amountFen: number }[] {
  if (!isRecord(part)) return [];
  const source = SOURCES.find((one) => one === part.source);
  return source === undefined ? [] : [{ source, amountFen: numberIn(part.amountFen) }];
}

function refusalIn(problem: Readonly<Record<string, unknown>>): Refusal {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { code: text(problem.code), zh: text(problem.messageZh), en: text(problem.messageEn) };
}

/** Epoch ms, or ISO 8601. */
function instant(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const read = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(read) ? undefined : read;
}

function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

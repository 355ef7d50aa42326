import { BENCH_TERMINAL } from '../../sandbox/local/bench-machines';
import { terminalKeyOf } from '../../sandbox/local/secrets';
import type { Stack } from '../../sandbox/local/stack';
import { signedHeaders } from '../../sandbox/terminals/signed-request';
import { type Student, tillOf } from './student';

/** Of the tills' own numbering, far above what any till here sells. */
let sequence = 900_000;

interface Sales {
  /** What the card pays before the tills tell of the passes. */
  readonly betweenFen: number;
  /** Of the two tills; the second is owed. */
  readonly amountsFen: readonly [number, number];
}

/**
 * One pass at two tills that have no network: both sold, and the second is owed. In between the card pays a meal.
 * @throws when a till is answered otherwise
 */
export async function spendOnePassTwice(stack: Stack, student: Student, token: string, { betweenFen, amountsFen }: Sales): Promise<void> {
  const { schoolId } = student;
  const headers = { authorization: `Bearer ${token}` };
  const opened = await fetch(`${stack.functionsUrl}/student/passes`, { method: 'POST', headers });
  const { passes } = (await opened.json()) as { passes: string[] };
  const meal = await tillOf(stack, schoolId).chargeCard(betweenFen, student.chip);
  if (meal.outcome !== 'charged') throw new Error(`the till says ${JSON.stringify(meal)}`);
  const key = terminalKeyOf(stack.secrets, schoolId, BENCH_TERMINAL);
  for (const [place, amountFen] of amountsFen.entries()) {
    const at = { schoolId, terminal: BENCH_TERMINAL };
    sequence += 1;
    const sale = { ...at, sequence, kind: 'charge-pass', amountFen, occurredAt: Date.now(), pass: passes[0] };
    const body = JSON.stringify(sale);
    const signed = signedHeaders(key, { ...at, purpose: 'pass', attempt: 1, sentAt: Date.now(), body });
    const told = await fetch(`${stack.functionsUrl}/terminal/passes`, { method: 'POST', headers: signed, body });
    const { usedBefore } = (await told.json()) as { usedBefore?: boolean };
    if (told.status !== 200 || usedBefore !== (place === 1)) throw new Error(`sale ${place} by a pass: ${told.status} ${usedBefore}`);
  }
}

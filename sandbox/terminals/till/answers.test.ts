import { readHeard, settle } from './answers';
import type { JournalSale } from './memory';

const sale = (attempts: number): JournalSale => ({
  ...{ sequence: 5, door: 'campus', means: 'card', payer: 'card', amountFen: 1_250, occurredAt: 1_795_234_097_000, day: '2026-11-21' },
  ...{ shift: 1, body: '{}', attempts, wants: 'charge', state: 'open', pending: false, tries: 0, dueAt: 0 },
});
const notCharged = (definite: boolean) =>
  readHeard(409, {
    ...{ outcome: 'not-charged', definite, amountFen: 0 },
    reason: { code: 'terminal.clock', messageZh: '终端时钟不准', messageEn: 'The clock is wrong.' },
  });

describe('what ends a sale in the journal of a till', () => {
  it.each([
    ['its only sending was refused, and nothing more is sent', 1, false, 'not-charged'],
    ['its second was refused and may still charge', 2, false, 'open'],
    ['its tenth was refused and may still charge', 10, false, 'open'],
    ['its second was refused for ever', 2, true, 'not-charged'],
  ] as const)('%s', (_, attempts, definite, state) => {
    expect(settle(sale(attempts), 'charge', notCharged(definite))).toMatchObject({ state, refusal: { code: 'terminal.clock' } });
  });

  it.each(['charged', 'voided'] as const)('not “%s” that the server does not stand by', (outcome) => {
    expect(settle(sale(1), 'charge', readHeard(200, { outcome, definite: false, amountFen: 1_250 }))).toMatchObject({ state: 'open' });
  });

  it('not a reply without an outcome, and not silence', () => {
    expect(settle(sale(1), 'charge', readHeard(200, 'a proxy’s page')).state).toBe('open');
    expect(settle(sale(1), 'charge', { kind: 'nothing' })).toEqual(sale(1));
  });

  it('a refusal at the door ends the only sending, and says nothing of an earlier one', () => {
    const refused = readHeard(401, { error: { code: 'terminal.stale', messageZh: '过旧', messageEn: 'Old.' } });
    expect([settle(sale(1), 'charge', refused).state, settle(sale(2), 'charge', refused).state]).toEqual(['not-charged', 'open']);
  });
});

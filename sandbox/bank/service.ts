import { businessDay } from '../../shared/time';
import { jsonResponse, type Service, textResponse } from '../lib/http';
import { lookup } from '../lib/lookup';
import { createPartnerDoor, refusal } from '../lib/partner-door';
import type { Surroundings } from '../surroundings';
import { schoolBalance } from './accounts';
import { bankActs } from './acts';
import { BANK_IDS, SCHOOL_ACCOUNTS } from './banks';
import { statementCsv } from './statement';
import { settleDue } from './transfers';

/**
 * /<bank>/<act>: the signed exchange. /<bank>/statement.csv?school=&day=: what a finance office downloads from the bank's own page; who signs in
 * there is not played.
 */
export function createBankService(parts: Surroundings): Service {
  const doors = Object.fromEntries(
    BANK_IDS.map((bank) => {
      const acts = bankActs(parts, bank);
      const carryOut = (call: Parameters<(typeof acts)[string]>[0]) =>
        lookup(acts, call.act)?.(call) ?? { ...refusal('no-such-act'), status: 404 };
      return [bank, createPartnerDoor(parts, { source: 'bank', keys: parts.keys.banks[bank], faults: parts.state.bank.faults, carryOut })];
    }),
  );
  return (request) => {
    const match = /^\/([a-z]+)(\/.+)$/.exec(request.path);
    const bank = BANK_IDS.find((one) => one === match?.[1]);
    const path = match?.[2] ?? '';
    if (bank === undefined) return jsonResponse(404, { code: 'no-such-bank' });
    if (request.method === 'GET' && path === '/statement.csv') {
      const query = new URLSearchParams(request.query);
      const school = query.get('school') ?? '';
      if (lookup(SCHOOL_ACCOUNTS, school)?.bank !== bank) return jsonResponse(404, { code: 'no-such-account' });
      settleDue(parts);
      const { journal } = parts.state.bank;
      const day = query.get('day') ?? businessDay(parts.clock());
      const text = statementCsv(journal, { school, day, balanceFen: schoolBalance(parts.state.bank, school) });
      return textResponse(200, text, 'text/csv; charset=utf-8');
    }
    return doors[bank]?.({ ...request, path }) ?? jsonResponse(404, { code: 'no-such-bank' });
  };
}

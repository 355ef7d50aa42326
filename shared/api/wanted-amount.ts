import * as v from 'valibot';

/** What an amount must be. The operations take anything there, so that each wrong one is refused by name. */
export const wantedAmount = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.description('A whole number of fen, written out.'));

import type { PassbookReply } from '../../shared/api/records';
import { AppError } from '../../shared/errors';
import { type Entry, entryHash } from '../domain/entry';
import type { HeadSigner } from '../domain/head-signer';
import type { Clock } from '../lib/clock';
import type { Passbook } from '../store/passbook';
import type { HolderCaller } from './caller';

export interface ReadPassbookDeps {
  readonly passbook: Pick<Passbook, 'head' | 'entries'>;
  readonly headSigner: HeadSigner;
  readonly clock: Clock;
}

const PAGE = 100;

/** Entries as they are in the books: an Entry is JSON already, so what is sent is what was hashed. */
type BookReply = Omit<PassbookReply, 'entries'> & { readonly entries: readonly Entry[] };

/**
 * The holder's passbook as it is in the books, oldest first, with what the school signs of its newest entry: all that a phone needs to see for
 * itself that nothing is missing or altered. Two strongly consistent reads a page.
 * Throws AppError `account.unknown`.
 */
export async function readPassbook(deps: ReadPassbookDeps, { bound }: HolderCaller, from: number): Promise<BookReply> {
  const { schoolId, accountNo } = bound;
  const head = await deps.passbook.head(schoolId, accountNo);
  if (head === undefined) throw new AppError('account.unknown');
  const facts = { schoolId, accountNo, n: head.n, hash: entryHash(head), signedAt: deps.clock() };
  const to = Math.min(head.n, from + PAGE - 1);
  const page = from > head.n ? [] : (await deps.passbook.entries(schoolId, accountNo, { from, to, limit: PAGE })).entries;
  return {
    entries: [...page].reverse(),
    nextFrom: to < head.n ? to + 1 : null,
    head: { ...facts, ...deps.headSigner.sign(facts) },
  };
}

import { add, type Fen, subtract, sum, ZERO } from '../../../shared/money';
import { isSubsidy, type Posting } from '../posting';

/** What was moved, by side. A side that came out even is left out, so that equal sums are equal maps. */
export type LegSums = Readonly<Record<string, Fen>>;
/** The same by kind of entry. Each kind sums to zero, because each entry does. */
export type KindSums = Readonly<Record<string, LegSums>>;

/** The leg as the books of the school know it: lots of a subsidy are one liability, whenever they expire. */
export function bookLeg(leg: string): string {
  return isSubsidy(leg) ? 'subsidy' : leg;
}

export function addPostings(into: Record<string, Fen>, postings: readonly Posting[]): void {
  for (const { leg, amountFen } of postings) {
    const name = bookLeg(leg);
    into[name] = add(into[name] ?? ZERO, amountFen);
  }
}

export function addLegs(a: LegSums, b: LegSums): LegSums {
  const total: Record<string, Fen> = { ...a };
  for (const [leg, amountFen] of Object.entries(b)) total[leg] = add(total[leg] ?? ZERO, amountFen);
  return tidy(total);
}

export function addKinds(a: KindSums, b: KindSums): KindSums {
  return joined(a, b, addLegs);
}

/** What `now` has that `then` had not. */
export function kindsSince(then: KindSums, now: KindSums): KindSums {
  return joined(now, then, (a, b) => {
    const rest: Record<string, Fen> = { ...a };
    for (const [leg, amountFen] of Object.entries(b)) rest[leg] = subtract(rest[leg] ?? ZERO, amountFen);
    return tidy(rest);
  });
}

/** All kinds in one. */
export function legsOfKinds(kinds: KindSums): LegSums {
  return Object.values(kinds).reduce<LegSums>(addLegs, {});
}

export function isBalanced(legs: LegSums): boolean {
  return sum(Object.values(legs)) === 0;
}

export function isNothing(sums: LegSums | KindSums): boolean {
  return Object.keys(sums).length === 0;
}

/** Without zeros, sides in one order whatever order they came in. */
export function tidy(legs: LegSums): LegSums {
  return Object.fromEntries(
    Object.entries(legs)
      .filter(([, amountFen]) => amountFen !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function joined(a: KindSums, b: KindSums, join: (a: LegSums, b: LegSums) => LegSums): KindSums {
  const kinds = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(
    kinds.map((kind) => [kind, join(a[kind] ?? {}, b[kind] ?? {})] as const).filter(([, legs]) => !isNothing(legs)),
  );
}

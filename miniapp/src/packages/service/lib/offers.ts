import type { Bilingual, RulePack } from '../../../../../shared/rule-pack';

type FirstMeal = NonNullable<NonNullable<RulePack['pricing']>['firstMeal']>;

export type Offer =
  /** A rule of the school's prices: it is applied by itself. */
  | { readonly kind: 'first-meal'; readonly title: Bilingual; readonly offFen: FirstMeal['offFen']; readonly groups: FirstMeal['groups'] }
  | { readonly kind: 'told'; readonly title: Bilingual; readonly text: Bilingual; readonly lastDay: string | undefined };

/** What the school gives on this day ("2026-11-28", in its zone): its rules first, then what it tells, the soonest to end first. */
export function offersOn(day: string, { services, pricing }: Pick<RulePack, 'services' | 'pricing'>): readonly Offer[] {
  const firstMeal = pricing?.firstMeal;
  const told = (services?.offers?.items ?? [])
    .filter(({ lastDay }) => lastDay === undefined || lastDay >= day)
    .map(({ title, text, lastDay }) => ({ kind: 'told', title, text, lastDay }) as const)
    .sort((first, second) => compare(first.lastDay ?? '9999', second.lastDay ?? '9999'));
  if (firstMeal === undefined) return told;
  return [{ kind: 'first-meal', title: firstMeal.label, offFen: firstMeal.offFen, groups: firstMeal.groups }, ...told];
}

function compare(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}

import type { Json } from '../../shared/canonical-json';
import { atPointer } from '../../shared/json-pointer';
import type { RulePack } from '../../shared/rule-pack';

/**
 * What the schema cannot say about a pack, one sentence each; an empty list is a good pack. A pack with a problem is
 * not loaded: a rule that contradicts another would show up as a wrong refusal at a till.
 */
export function packProblems(pack: RulePack): string[] {
  return [...topUpProblems(pack), ...periodProblems(pack), ...signInProblems(pack), ...fundingProblems(pack), ...pointerProblems(pack)];
}

function topUpProblems({ topUp, arrival }: RulePack): string[] {
  const problems: string[] = [];
  const cap = topUp.maxFen ?? Number.MAX_SAFE_INTEGER;
  if (topUp.minFen > cap) problems.push('topUp: minFen is above maxFen');
  for (const preset of topUp.presetsFen) {
    if (preset < topUp.minFen || preset > cap) problems.push(`topUp: preset ${preset} lies outside minFen and maxFen`);
  }
  if (new Set(topUp.presetsFen).size !== topUp.presetsFen.length) problems.push('topUp: a preset appears twice');
  if (topUp.presetsFen.length === 0 && !topUp.freeAmount) problems.push('topUp: neither presets nor a free amount');
  const names = topUp.channels.map((channel) => `${channel.id}→${channel.target}`);
  if (new Set(names).size !== names.length) problems.push('topUp: a channel appears twice');
  if (arrival.mode === 'claim' && arrival.claimAt.length === 0) problems.push('arrival: money waits and can be claimed nowhere');
  return problems;
}

/** The periods' minutes must not overlap: a payment belongs to one period or to none. */
function periodProblems({ limits }: RulePack): string[] {
  const taken = new Set<number>();
  const problems: string[] = [];
  for (const period of limits.mealPeriods) {
    const minutes = minutesOf(period.fromMinute, period.toMinute);
    if (minutes.length === 0) problems.push(`limits: ${period.id} is empty`);
    if (minutes.some((minute) => taken.has(minute))) problems.push(`limits: ${period.id} overlaps another period`);
    for (const minute of minutes) taken.add(minute);
  }
  if (limits.perMealPeriodFen !== undefined && limits.mealPeriods.length === 0) problems.push('limits: a meal limit without meal periods');
  return problems;
}

function minutesOf(from: number, to: number): number[] {
  const length = from <= to ? to - from : 1440 - from + to;
  return Array.from({ length }, (_, offset) => (from + offset) % 1440);
}

/** An ID tail proves nothing beyond an initial password that is made from it (architecture §5). */
function signInProblems({ signIn, secondProofs }: RulePack): string[] {
  const fromId = signIn.initialPassword.some((rule) => rule.kind === 'id-tail-digits');
  return fromId && secondProofs.includes('id-tail') ? ['secondProofs: the ID tail, from which the initial password is made'] : [];
}

function fundingProblems({ codes, wallet }: RulePack): string[] {
  const problems: string[] = [];
  if (codes.enabled && codes.funding.length === 0) problems.push('codes: nothing to pay from');
  if (!wallet.offered && codes.funding.some((choice) => choice.source === 'wallet'))
    problems.push('codes: pay from a wallet that is not offered');
  return problems;
}

function pointerProblems(pack: RulePack): string[] {
  // A pack is JSON by construction: its schema knows strings, numbers, booleans, lists and maps only.
  const document = pack as unknown as Json;
  const pointers = [...Object.values(pack.sources).flat(), ...Object.keys(pack.notInGuide)];
  return pointers.filter((pointer) => atPointer(document, pointer) === undefined).map((pointer) => `${pointer} names nothing`);
}

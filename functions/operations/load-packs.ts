import type { RulePack } from '../../shared/rule-pack';
import { packProblems } from '../domain/pack-problems';
import type { Schools } from '../store/schools';

export interface LoadedPack {
  readonly schoolId: string;
  readonly version: number;
  /** 'differs': this version was published with other content, give the pack a new number. 'faulty': see `problems`. */
  readonly result: Awaited<ReturnType<Schools['publish']>> | 'faulty';
  readonly problems: readonly string[];
}

/**
 * Publishes packs as versioned rows and points each school to its newest. A pack that contradicts itself is left out
 * and never stops the others; loading the same packs again changes nothing. Throws nothing of ours.
 */
export async function loadPacks(deps: { readonly schools: Schools }, packs: readonly RulePack[]): Promise<readonly LoadedPack[]> {
  const loaded: LoadedPack[] = [];
  for (const pack of packs) {
    const { schoolId, version } = pack;
    const problems = packProblems(pack);
    const result = problems.length > 0 ? ('faulty' as const) : await deps.schools.publish(pack);
    loaded.push({ schoolId, version, result, problems });
  }
  return loaded;
}

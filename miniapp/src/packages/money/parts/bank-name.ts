import type { RulePack } from '../../../../../shared/rule-pack';

/** A bound card's bank in the language of the screen, where it is the school's; as the bank calls itself otherwise. */
export function bankName(name: string, pack: RulePack, b: (pair: { readonly zh: string; readonly en: string }) => string): string {
  return pack.bank !== undefined && pack.bank.name.zh === name ? b(pack.bank.name) : name;
}

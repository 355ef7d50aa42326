import type { RulePack } from '../../../../../shared/rule-pack';
import type { ServiceKey } from '../text/zh';

interface Section {
  readonly id: string;
  readonly title: ServiceKey;
  readonly lines: readonly ServiceKey[];
}

/** The policy, as far as it concerns the school: nothing is said of what it does not have. Without a school, all of it. */
export function privacySections(pack: Pick<RulePack, 'bank' | 'wallet' | 'gates'> | null): readonly Section[] {
  const bank = pack === null || pack.bank !== undefined;
  const info = pack === null || pack.wallet.infoLabel !== undefined;
  const name = pack === null || pack.gates?.showName === true;
  return [
    {
      id: 'what',
      title: 'privacy.what',
      lines: [
        'privacy.open',
        'privacy.bind',
        'privacy.pay',
        'privacy.proof',
        ...(bank ? (['privacy.bank'] as const) : []),
        ...(info ? (['privacy.info'] as const) : []),
        'privacy.place',
        'privacy.gate',
        ...(name ? (['privacy.gate-name'] as const) : []),
        'privacy.never',
      ],
    },
    {
      id: 'who',
      title: 'privacy.who',
      lines: ['privacy.school', 'privacy.merchant', 'privacy.platforms', 'privacy.partners', 'privacy.nobody'],
    },
    {
      id: 'long',
      title: 'privacy.long',
      lines: [
        'privacy.long-session',
        'privacy.long-binding',
        'privacy.long-sms',
        'privacy.long-gate',
        'privacy.long-book',
        'privacy.phone',
      ],
    },
    {
      id: 'remove',
      title: 'privacy.remove',
      lines: ['privacy.remove-bind', 'privacy.remove-apps', 'privacy.remove-link', 'privacy.remove-desk'],
    },
  ];
}

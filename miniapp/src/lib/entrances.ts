import type { Bilingual, RulePack } from '../../../shared/rule-pack';
import type { IconName } from '../components/icon';

type EntranceScreen = 'guide' | 'help' | 'offers' | 'privacy' | 'share' | 'desktop';

export interface Entrance {
  readonly screen: EntranceScreen;
  readonly icon: IconName;
  /** Undefined where the school has no word of its own for what every school has. */
  readonly label: Bilingual | undefined;
}

/** What the school tells its holders, as far as its pack has it. What is collected is said at every school. */
export function entrances({ services }: Pick<RulePack, 'services'>): readonly Entrance[] {
  const listed: readonly Entrance[] = [
    { screen: 'guide', icon: 'book', label: services?.guide?.label },
    { screen: 'help', icon: 'help', label: services?.help?.label },
    { screen: 'offers', icon: 'tag', label: services?.offers?.label },
    { screen: 'share', icon: 'share', label: services?.share?.label },
    { screen: 'privacy', icon: 'paper', label: services?.privacy?.label },
    { screen: 'desktop', icon: 'desktop', label: services?.addToDesktop?.label },
  ];
  return listed.filter(({ screen, label }) => screen === 'privacy' || label !== undefined);
}

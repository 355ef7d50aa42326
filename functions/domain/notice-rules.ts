import type { Fen } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';

/** What a holder may switch off. A loss and a bound app are told always: whoever took the account over would switch off those first. */
export const NOTICE_SWITCHES = ['low-balance', 'large-spend', 'claim-waiting', 'refund'] as const;
export type NoticeSwitch = (typeof NOTICE_SWITCHES)[number];

/** What the holder chose; what is absent is the school's default. */
export interface NoticeWishes {
  readonly off: readonly NoticeSwitch[];
  readonly lowBalanceFen?: Fen;
  readonly largeSpendFen?: Fen;
}

export const NO_WISHES: NoticeWishes = { off: [] };

/** What holds for one account. A threshold that is absent is never crossed. */
export interface NoticeRules {
  /** Told when card and transit together fall below it. */
  readonly lowBalanceFen?: Fen;
  /** Told of a purchase of so much or more. */
  readonly largeSpendFen?: Fen;
  readonly claimWaiting: boolean;
  readonly refund: boolean;
}

/** A choice that the school no longer offers is its default again. */
export function noticeRules({ notices }: Pick<RulePack, 'notices'>, wishes: NoticeWishes): NoticeRules {
  const isOn = (name: NoticeSwitch): boolean => !wishes.off.includes(name);
  const low = notices && isOn('low-balance') ? chosen(notices.lowBalance, wishes.lowBalanceFen) : undefined;
  const large = notices && isOn('large-spend') ? chosen(notices.largeSpend, wishes.largeSpendFen) : undefined;
  return {
    ...(low === undefined ? {} : { lowBalanceFen: low }),
    ...(large === undefined ? {} : { largeSpendFen: large }),
    claimWaiting: isOn('claim-waiting'),
    refund: isOn('refund'),
  };
}

/** The threshold in force, whether or not its notice is switched on. */
export function chosen({ choicesFen, defaultFen }: NonNullable<RulePack['notices']>['lowBalance'], wish: Fen | undefined): Fen {
  return wish !== undefined && choicesFen.includes(wish) ? wish : defaultFen;
}

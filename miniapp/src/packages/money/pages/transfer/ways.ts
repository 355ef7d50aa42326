import type { OrderReply } from '../../../../../../shared/api/student';
import type { TransferQuoteReply } from '../../../../../../shared/api/wallet';
import type { Fen } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import type { TransferWay } from '../../../../lib/channels';
import { moneyApi } from '../../money-api';
import type { CodeSent } from '../../parts/code-step';

/** What was asked for, as the server has it. */
export interface Started {
  readonly no: string;
  readonly amountFen: Fen;
  readonly feeFen: Fen;
  /** Of the bank card, the fee apart. */
  readonly fromBankFen: Fen;
  readonly code: CodeSent | null;
  /** It needs no code, or had one: only its outcome is awaited. */
  readonly over: boolean;
}

interface Way {
  readonly quote: () => Promise<TransferQuoteReply>;
  readonly start: (wish: { readonly requestId: string; readonly amountFen: number }) => Promise<Started>;
  readonly resend: (no: string) => Promise<CodeSent>;
  readonly confirm: (no: string, digits: string) => Promise<unknown>;
}

function fromBank(target: 'card' | 'wallet'): Way {
  return {
    quote: () => moneyApi.bankQuote(target),
    async start(wish) {
      const { order, feeFen, code } = await moneyApi.startBankTopUp({ ...wish, target });
      const over = order.state !== 'created';
      return { no: order.orderNo, amountFen: order.amountFen, feeFen, fromBankFen: order.amountFen, code, over };
    },
    resend: async (no) => (await moneyApi.resendBankCode(no)).code,
    confirm: moneyApi.confirmBankTopUp,
  };
}

/** The three transfers differ in whom they ask; their screens are one. */
export const WAYS: Readonly<Record<TransferWay, Way>> = {
  wallet: fromBank('wallet'),
  bank: fromBank('card'),
  card: {
    quote: moneyApi.cardQuote,
    async start(wish) {
      const { transferNo, amountFen, feeFen, shortfallFen, code, state } = await moneyApi.startCardTopUp(wish);
      return { no: transferNo, amountFen, feeFen, fromBankFen: shortfallFen, code, over: state !== 'asked' };
    },
    resend: async (no) => (await moneyApi.resendCardCode(no)).code,
    confirm: moneyApi.confirmCardTopUp,
  },
};

/** As the school's guide calls it: 卡片充值, 钱包充值, 银校转账. */
export function wayLabel(way: TransferWay, pack: RulePack): { readonly zh: string; readonly en: string } | undefined {
  if (way === 'card') return pack.topUp.cardLabel;
  const target: OrderReply['target'] = way === 'wallet' ? 'wallet' : 'card';
  return pack.topUp.channels.find((channel) => channel.id === 'bank-card' && channel.target === target)?.label;
}

import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { useEffect, useRef, useState } from 'react';
import type { TransferQuoteReply } from '../../../../../../shared/api/wallet';
import { type Fen, ZERO } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Keypad } from '../../../../components/keypad';
import { Failed, Loading, Notice } from '../../../../components/states';
import { judgeAmount, pressKey, typedAmount } from '../../../../lib/amount-input';
import type { TransferWay } from '../../../../lib/channels';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { transferPlan, transferRules } from '../../../../lib/transfer-plan';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useRequestId } from '../../../../state/use-request-id';
import { Refused } from '../../parts/refused';
import { useMoneyText } from '../../text';
import { type Started, WAYS } from './ways';

interface Props {
  readonly way: TransferWay;
  readonly pack: RulePack;
  readonly balances: { readonly cardFen: Fen; readonly walletFen: Fen };
  readonly wished: string;
  readonly submit: string;
  readonly onStarted: (started: Started) => void;
}

/** The balance on top, the amount box, presets, and from where it will be taken (DL-33…DL-36). */
export function AmountStage({ way, pack, balances, wished, submit, onStarted }: Props) {
  const { b, m } = useMoneyText();
  const load = useLoad(WAYS[way].quote, way);
  const [typed, setTyped] = useState(() => typedAmount(wished));
  const request = useRequestId();
  const shownOnce = useRef(false);
  useDidShow(() => {
    // Back from binding a card.
    if (shownOnce.current) load.reload();
    shownOnce.current = true;
  });
  const verdict = judgeAmount(typed, load.data === undefined ? { minFen: 1, maxFen: undefined } : transferRules(load.data));
  const start = useAction(async () => {
    if (verdict.kind !== 'ok') return;
    onStarted(await WAYS[way].start({ requestId: await request.of(`${way}:${verdict.amountFen}`), amountFen: verdict.amountFen }));
  });
  const { clear } = start;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new amount makes the old refusal void.
  useEffect(clear, [typed]);

  const quote = load.data;
  if (quote === undefined) {
    return load.failure === undefined ? <Loading rows={4} /> : <Failed id="transfer-retry" failure={load.failure} onRetry={load.reload} />;
  }
  const plan = verdict.kind === 'ok' ? transferPlan(way, quote, verdict.amountFen) : undefined;
  const label =
    way === 'wallet' ? m('transfer.amount') : pack.topUp.amountLabel === undefined ? m('transfer.amount') : b(pack.topUp.amountLabel);
  return (
    <>
      <Card>
        <Cell
          id="transfer-balance"
          label={way === 'wallet' ? m('wallet.balance') : m('transfer.card-balance')}
          value={yuan(way === 'wallet' ? balances.walletFen : balances.cardFen)}
        />
      </Card>
      <AmountField
        id="transfer"
        label={label}
        typed={typed}
        rules={transferRules(quote)}
        onType={setTyped}
        presetsFen={quote.presetsFen}
        after={plan === undefined ? '' : m('transfer.after', { amount: yuan(plan.afterFen) })}
      />
      <Sources way={way} quote={quote} pack={pack} fromBankFen={plan?.fromBankFen ?? ZERO} />
      {plan?.needsCard || (way !== 'card' && quote.cardTail === null) ? (
        <>
          <Notice id="transfer-no-card" text={m('transfer.no-card')} />
          <Button id="transfer-bind" kind="tint" text={m('first.bind')} onPress={() => go('bank-card')} />
        </>
      ) : null}
      <Refused id="transfer-failure" failure={start.failure} pack={pack} />
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={submit}
        submitId="transfer-submit"
        onSubmit={() => start.run()}
        disabled={plan === undefined || plan.needsCard}
        busy={start.busy}
      />
    </>
  );
}

interface SourcesProps {
  readonly way: TransferWay;
  readonly quote: TransferQuoteReply;
  readonly pack: RulePack;
  readonly fromBankFen: Fen;
}

function Sources({ way, quote, pack, fromBankFen }: SourcesProps) {
  const { b, m } = useMoneyText();
  const bank = pack.bank === undefined ? (quote.bankName ?? '') : b(pack.bank.name);
  const bankCard = quote.cardTail === null ? m('card.none') : m('card.tail', { tail: quote.cardTail });
  return (
    <Card>
      <View className="h">{m('transfer.from')}</View>
      {way === 'card' ? <Cell id="transfer-wallet" label={b(pack.wallet.label)} value={yuan(quote.walletFen)} /> : null}
      <Cell
        id="transfer-bank"
        label={bank}
        hint={way === 'card' ? m('transfer.when-short') : undefined}
        value={fromBankFen > 0 && way === 'card' ? `${bankCard} ${yuan(fromBankFen)}` : bankCard}
      />
      {way === 'card' ? null : (
        <Cell
          id="transfer-fee"
          label={m('transfer.fee')}
          value={m('transfer.fee-part', { percent: (quote.feeBasisPoints / 100).toFixed(1) })}
        />
      )}
    </Card>
  );
}

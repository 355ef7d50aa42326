import { useDidShow } from '@tarojs/taro';
import { useEffect, useRef, useState } from 'react';
import type { WalletReply, WithdrawalReply } from '../../../../../../shared/api/wallet';
import { type Fen, formatYuan } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Keypad } from '../../../../components/keypad';
import { Money } from '../../../../components/money';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { judgeAmount, pressKey } from '../../../../lib/amount-input';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { bankName } from '../../parts/bank-name';
import { NO_PROOF, ProofFields } from '../../parts/proof-fields';
import { Refused } from '../../parts/refused';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { WithdrawalOutcome } from './withdrawal-outcome';

/** 提现 to the holder's own bound card (DL-19): amount, proof, what became of it. */
export default function Withdraw() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('withdraw.title')} retryId="withdraw-account-retry">
      {({ pack }: Holder) => <WithdrawScreen pack={pack} />}
    </WithAccount>
  );
}

function WithdrawScreen({ pack }: { readonly pack: RulePack }) {
  const { b, m } = useMoneyText();
  const load = useLoad(moneyApi.wallet, 'wallet');
  const [amountFen, setAmountFen] = useState<Fen>();
  const [asked, setAsked] = useState<WithdrawalReply>();
  const shownOnce = useRef(false);
  useDidShow(() => {
    // Back from binding a card or from 客户信息补录.
    if (shownOnce.current) load.reload();
    shownOnce.current = true;
  });
  const title = pack.wallet.withdrawLabel === undefined ? m('withdraw.title') : b(pack.wallet.withdrawLabel);
  const wallet = load.data;
  if (asked !== undefined) return <WithdrawalOutcome title={title} first={asked} />;
  return (
    <Screen title={title}>
      {wallet === undefined ? (
        load.failure === undefined ? (
          <Loading rows={3} />
        ) : (
          <Failed id="withdraw-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : amountFen === undefined ? (
        <AmountStage wallet={wallet} pack={pack} onAmount={setAmountFen} />
      ) : (
        <ProofStage
          wallet={wallet}
          amountFen={amountFen}
          pack={pack}
          title={title}
          onAsked={(reply) => {
            setAsked(reply);
            loadAccount().catch(() => undefined);
          }}
          onBack={() => setAmountFen(undefined)}
        />
      )}
    </Screen>
  );
}

interface AmountProps {
  readonly wallet: WalletReply;
  readonly pack: RulePack;
  readonly onAmount: (amountFen: Fen) => void;
}

function AmountStage({ wallet, pack, onAmount }: AmountProps) {
  const { b, m } = useMoneyText();
  const [typed, setTyped] = useState('');
  const { card, withdrawableFen: most } = wallet;
  const rules = { minFen: 1, maxFen: most };
  const verdict = judgeAmount(typed, rules);
  const able = card?.state === 'bound' && wallet.customerInfo === 'complete' && most > 0;
  return (
    <>
      <AmountField
        id="withdraw"
        label={m('withdraw.amount')}
        typed={typed}
        rules={rules}
        onType={setTyped}
        limit={m('withdraw.most', { amount: yuan(most) })}
      />
      <Card>
        <Cell
          id="withdraw-to"
          label={m('withdraw.to')}
          value={card === null ? m('card.none') : `${bankName(card.bankName, pack, b)} ${m('card.tail', { tail: card.cardTail })}`}
        />
        {most > 0 ? (
          <Cell id="withdraw-all" label={m('withdraw.all')} value={yuan(most)} onPress={() => setTyped(formatYuan(most))} />
        ) : null}
      </Card>
      {most > 0 ? null : <Notice id="withdraw-nothing" text={m(wallet.walletFen > 0 ? 'withdraw.not-yours' : 'withdraw.nothing')} />}
      {card?.state === 'bound' ? null : (
        <>
          <Notice id="withdraw-no-card" text={m('transfer.no-card')} />
          <Button id="withdraw-bind" kind="tint" text={m('first.bind')} onPress={() => go('bank-card')} />
        </>
      )}
      {wallet.customerInfo === 'complete' ? null : (
        <>
          <Notice id="withdraw-no-info" text={m(wallet.customerInfo === 'expired' ? 'withdraw.info-expired' : 'withdraw.info-missing')} />
          <Button id="withdraw-info" kind="tint" text={m('first.info')} onPress={() => go('customer-info')} />
        </>
      )}
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={m('transfer.next')}
        submitId="withdraw-next"
        onSubmit={() => verdict.kind === 'ok' && onAmount(verdict.amountFen)}
        disabled={verdict.kind !== 'ok' || !able}
        busy={false}
      />
    </>
  );
}

interface ProofProps {
  readonly wallet: WalletReply;
  readonly amountFen: Fen;
  readonly pack: RulePack;
  readonly title: string;
  readonly onAsked: (reply: WithdrawalReply) => void;
  readonly onBack: () => void;
}

function ProofStage({ wallet, amountFen, pack, title, onAsked, onBack }: ProofProps) {
  const { b, m } = useMoneyText();
  const [given, setGiven] = useState(NO_PROOF);
  const request = useRequestId();
  const cardTail = wallet.card?.cardTail ?? '';
  const withdraw = useAction(async () => {
    if (!given.enough) return;
    const requestId = await request.of(`${amountFen}:${cardTail}`);
    onAsked(await moneyApi.withdraw({ requestId, amountFen, cardTail, ...(given.proof === undefined ? {} : { proof: given.proof }) }));
  });
  const { clear } = withdraw;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another proof makes the old refusal void.
  useEffect(clear, [given]);
  return (
    <>
      <Card>
        <Money id="withdraw-total" amountFen={amountFen} size="xl" />
        <Cell
          id="withdraw-to"
          label={m('withdraw.to')}
          value={`${bankName(wallet.card?.bankName ?? '', pack, b)} ${m('card.tail', { tail: cardTail })}`}
        />
      </Card>
      <ProofFields onChange={setGiven} />
      <Refused id="withdraw-failure" failure={withdraw.failure} pack={pack} />
      <Button id="withdraw-submit" text={title} onPress={() => withdraw.run()} busy={withdraw.busy} disabled={!given.enough} />
      <Button id="withdraw-back" kind="plain" text={m('transfer.back')} onPress={onBack} />
    </>
  );
}

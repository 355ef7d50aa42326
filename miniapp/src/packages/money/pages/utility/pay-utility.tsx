import { useEffect, useState } from 'react';
import type { AccountReply } from '../../../../../../shared/api/student';
import type { UtilityAccountReply, UtilityPaymentReply } from '../../../../../../shared/api/utilities';
import { fen } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Keypad } from '../../../../components/keypad';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { judgeAmount, pressKey } from '../../../../lib/amount-input';
import { freeOnCard } from '../../../../lib/debt';
import { signed, yuan } from '../../../../lib/money-text';
import { loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { Refused } from '../../parts/refused';
import { useMoneyText } from '../../text';

interface Props {
  readonly title: string;
  readonly to: UtilityAccountReply;
  readonly account: AccountReply;
  readonly pack: RulePack;
  readonly onPaid: (payment: UtilityPaymentReply) => void;
  readonly onBack: () => void;
}

const PRESETS = [fen(2_000), fen(5_000), fen(10_000), fen(20_000)];

/** To the account that was found, from the card or the wallet. */
export function PayUtility({ title, to, account, pack, onPaid, onBack }: Props) {
  const { b, m } = useMoneyText();
  const [typed, setTyped] = useState('');
  const [source, setSource] = useState<'card' | 'wallet'>('card');
  const request = useRequestId();
  const cardFen = freeOnCard(account);
  const has = source === 'card' ? cardFen : account.balances.walletFen;
  const rules = { minFen: 1, maxFen: undefined };
  const verdict = judgeAmount(typed, rules);
  const pay = useAction(async () => {
    if (verdict.kind !== 'ok') return;
    const { amountFen } = verdict;
    const requestId = await request.of(`${to.utility}:${to.account}:${amountFen}:${source}`);
    onPaid(await moneyApi.payUtility(to.utility, { requestId, account: to.account, amountFen, source }));
    loadAccount().catch(() => undefined);
  });
  const { clear } = pay;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another amount or source makes the old refusal void.
  useEffect(clear, [typed, source]);
  return (
    <Screen title={title}>
      <Card>
        <Cell id="utility-owner" label={m('utility.owner')} value={to.maskedOwner} />
        <Cell id="utility-number" label={m(`utility.${to.utility}-account`)} value={to.account} />
        {to.maskedPlace === null ? null : <Cell id="utility-place" label={m('utility.place')} value={to.maskedPlace} />}
        {to.balanceFen === null ? null : (
          <Cell
            id="utility-balance"
            label={m(to.balanceFen < 0 ? 'utility.owes' : 'utility.balance')}
            value={to.balanceFen < 0 ? signed(to.balanceFen) : yuan(to.balanceFen)}
          />
        )}
      </Card>
      <AmountField
        id="utility"
        label={m('utility.amount')}
        typed={typed}
        rules={rules}
        onType={setTyped}
        presetsFen={PRESETS}
        limit={verdict.kind === 'ok' && verdict.amountFen > has ? m('utility.short') : m('utility.has', { amount: yuan(has) })}
      />
      <Card>
        <RadioRow id="utility-card" label={m('utility.from-card')} chosen={source === 'card'} onChoose={() => setSource('card')} />
        {pack.wallet.offered && account.walletOpen ? (
          <RadioRow id="utility-wallet" label={b(pack.wallet.label)} chosen={source === 'wallet'} onChoose={() => setSource('wallet')} />
        ) : null}
      </Card>
      <Refused id="utility-pay-failure" failure={pay.failure} pack={pack} />
      <Button id="utility-back" kind="plain" text={m('utility.other')} onPress={onBack} />
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={m('utility.pay')}
        submitId="utility-submit"
        onSubmit={() => pay.run()}
        disabled={verdict.kind !== 'ok'}
        busy={pay.busy}
      />
    </Screen>
  );
}

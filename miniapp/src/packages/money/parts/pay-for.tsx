import { useEffect, useState } from 'react';
import type * as v from 'valibot';
import type { PaidForOther, topUpForOtherReply } from '../../../../../shared/api/others';
import type { Fen } from '../../../../../shared/money';
import type { ChannelId } from '../../../../../shared/rule-pack';
import { asFailure, type Failure } from '../../../api/failure';
import { AmountField } from '../../../components/amount-field';
import { Button } from '../../../components/button';
import { Card } from '../../../components/card';
import { Cell } from '../../../components/cell';
import { Keypad } from '../../../components/keypad';
import { Notice, Refusal } from '../../../components/states';
import { type AmountRules, judgeAmount, pressKey } from '../../../lib/amount-input';
import { startAt } from '../../../lib/go';
import { type PaidHeadline, paidHeadline } from '../../../lib/order-timeline';
import { platform } from '../../../platform';
import type { PayOutcome } from '../../../platform/contract';
import { useAction } from '../../../state/use-action';
import { useRequestId } from '../../../state/use-request-id';
import { usePolling, useVisible } from '../../../state/use-ticker';
import { moneyApi } from '../money-api';
import { useMoneyText } from '../text';
import { Outcome } from './outcome';

export interface PayWish {
  readonly requestId: string;
  readonly amountFen: Fen;
  readonly channel: ChannelId;
}
type Started = v.InferOutput<typeof topUpForOtherReply>;

interface Props {
  readonly rules: AmountRules;
  readonly presetsFen?: readonly Fen[];
  readonly limit?: string;
  readonly order: (wish: PayWish) => Promise<Started>;
}

/** Somebody else's card is topped up: amount, cashier, and what became of it. What its holder did with the money is the holder's. */
export function PayFor({ rules, presetsFen, limit, order }: Props) {
  const { m } = useMoneyText();
  const [typed, setTyped] = useState('');
  const [paying, setPaying] = useState<{ readonly started: Started; readonly hint: PayOutcome }>();
  const request = useRequestId();
  const channel = platform.payChannel();
  const verdict = judgeAmount(typed, rules);
  const pay = useAction(async () => {
    if (verdict.kind !== 'ok' || channel === undefined) return;
    const { amountFen } = verdict;
    const started = await order({ requestId: await request.of(`${channel}:${amountFen}`), amountFen, channel });
    const hint = await platform.pay(started.payParams);
    request.done();
    setPaying({ started, hint });
  });
  const { clear } = pay;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new amount makes the old refusal void.
  useEffect(clear, [typed]);
  if (paying !== undefined) return <Paid {...paying} />;
  return (
    <>
      <AmountField
        id="pay-for"
        label={m('transfer.amount')}
        typed={typed}
        rules={rules}
        onType={setTyped}
        presetsFen={presetsFen ?? []}
        limit={limit}
      />
      {channel === undefined ? <Notice id="pay-for-none" text={m('others.no-channel')} /> : null}
      <Refusal id="pay-for-failure" failure={pay.failure} />
      <Keypad
        onKey={(key) => setTyped((before) => pressKey(before, key))}
        submit={m('others.pay')}
        submitId="pay-for-submit"
        onSubmit={() => pay.run()}
        disabled={verdict.kind !== 'ok' || channel === undefined}
        busy={pay.busy}
      />
    </>
  );
}

const TONES: Readonly<Record<PaidHeadline, 'good' | 'waiting' | 'bad'>> = {
  confirming: 'waiting',
  unpaid: 'bad',
  paid: 'good',
  closed: 'bad',
};

function Paid({ started, hint: first }: { readonly started: Started; readonly hint: PayOutcome }) {
  const { m, t } = useMoneyText();
  const [hint, setHint] = useState(first);
  const [order, setOrder] = useState<PaidForOther>();
  const [failure, setFailure] = useState<Failure>();
  const [round, setRound] = useState(0);
  const headline = paidHeadline(order?.state ?? 'created', hint);
  usePolling(
    async () => {
      try {
        const next = await moneyApi.paidForOther(started.orderNo);
        setOrder(next);
        setFailure(undefined);
        return ['credited', 'closed'].includes(next.state) ? undefined : 2_000;
      } catch (reason) {
        setFailure(asFailure(reason));
        return 3_000;
      }
    },
    useVisible(),
    round,
  );
  const again = useAction(async () => {
    // The same order again: the platform lets one order be paid once.
    setHint(await platform.pay(started.payParams));
    setRound(round + 1);
  });
  return (
    <>
      <Outcome
        id="pay-for-state"
        tone={TONES[headline]}
        title={headline === 'paid' ? m('others.paid') : t(`order.${headline}`)}
        amountFen={started.amountFen}
        hint={headline === 'paid' ? m('others.paid-hint') : t(`order.${headline}-hint`)}
      />
      <Refusal id="pay-for-stale" failure={failure} />
      <Card>
        <Cell id="pay-for-payee" label={m('others.for')} value={started.payee.nameMasked} />
        <Cell id="pay-for-no" label={t('order.no')} value={started.orderNo} />
      </Card>
      {headline === 'unpaid' ? (
        <Button id="pay-for-again" text={t('order.pay-again')} onPress={() => again.run()} busy={again.busy} />
      ) : null}
      <Button id="pay-for-home" kind="plain" text={m('money.home')} onPress={() => startAt('home')} />
    </>
  );
}

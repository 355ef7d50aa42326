import type { UtilityPaymentReply } from '../../../../../../shared/api/utilities';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { Refusal } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { startAt } from '../../../../lib/go';
import { useApp } from '../../../../state/app-state';
import { moneyApi } from '../../money-api';
import { Outcome } from '../../parts/outcome';
import { useFollowed } from '../../parts/use-followed';
import { useMoneyText } from '../../text';

const TONES = { requested: 'waiting', succeeded: 'good', returned: 'bad', stuck: 'waiting' } as const;

/** Paid with the supplier's receipt, still asked about, or back where it came from. */
export function UtilityOutcome({ title, first }: { readonly title: string; readonly first: UtilityPaymentReply }) {
  const { m, lang } = useMoneyText();
  const zone = useApp((state) => state.pack?.utcOffsetMinutes);
  const { reply: payment, failure } = useFollowed(first, () => moneyApi.utilityPayment(first.payOutNo), 2_000);
  return (
    <Screen title={title}>
      <Outcome
        id="utility-state"
        tone={TONES[payment.state]}
        title={m(`utility.${payment.state}`)}
        amountFen={payment.amountFen}
        hint={m(`utility.${payment.state}-hint`)}
      />
      <Refusal id="utility-outcome-failure" failure={failure} />
      <Card>
        <Cell id="utility-paid-account" label={m('utility.paid-to')} value={`${payment.account} ${payment.maskedOwner}`} />
        <Cell id="utility-paid-at" label={m('utility.paid-at')} value={fullInstant(payment.createdAt, lang, zone)} />
        {payment.receiptNo === null ? null : <Cell id="utility-receipt" label={m('utility.receipt')} value={payment.receiptNo} />}
        <Cell id="utility-no" label={m('utility.no')} value={payment.payOutNo} />
      </Card>
      <Button id="utility-home" kind="plain" text={m('money.home')} onPress={() => startAt('home')} />
    </Screen>
  );
}

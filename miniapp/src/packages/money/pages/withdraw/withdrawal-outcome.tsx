import type { WithdrawalReply } from '../../../../../../shared/api/wallet';
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

/** On its way to the bank, arrived, or back in the wallet. Only the server's word counts. */
export function WithdrawalOutcome({ title, first }: { readonly title: string; readonly first: WithdrawalReply }) {
  const { m, lang } = useMoneyText();
  const zone = useApp((state) => state.pack?.utcOffsetMinutes);
  const { reply, failure } = useFollowed(first, () => moneyApi.withdrawal(first.withdrawalNo), 3_000);
  return (
    <Screen title={title}>
      <Outcome
        id="withdraw-state"
        tone={TONES[reply.state]}
        title={m(`withdraw.${reply.state}`)}
        amountFen={reply.amountFen}
        hint={m(`withdraw.${reply.state}-hint`)}
      />
      <Refusal id="withdraw-outcome-failure" failure={failure} />
      <Card>
        <Cell id="withdraw-tail" label={m('withdraw.to')} value={m('card.tail', { tail: reply.cardTail })} />
        <Cell id="withdraw-asked" label={m('withdraw.asked-at')} value={fullInstant(reply.createdAt, lang, zone)} />
        {reply.doneAt === null ? null : (
          <Cell id="withdraw-done" label={m('withdraw.done-at')} value={fullInstant(reply.doneAt, lang, zone)} />
        )}
        <Cell id="withdraw-no" label={m('withdraw.no')} value={reply.withdrawalNo} />
      </Card>
      <Button id="withdraw-home" kind="plain" text={m('money.home')} onPress={() => startAt('home')} />
    </Screen>
  );
}

import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import type { DisputeReply } from '../../../../../../shared/api/disputes';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { isRefusal } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Field } from '../../../../components/field';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { Failed, Loading } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { goBack } from '../../../../lib/go';
import { loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { Outcome } from '../../parts/outcome';
import { Refused } from '../../parts/refused';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

const REASONS: readonly DisputeReply['reason'][] = ['not-received', 'wrong-amount', 'charged-twice', 'not-mine', 'other'];
const TONES = { waiting: 'waiting', office: 'waiting', reversed: 'good', rejected: 'bad' } as const;

/** 有疑问, of one purchase: why, in two taps, and from then on how it stands. `n` is the number of its entry. */
export default function Dispute() {
  const { m } = useMoneyText();
  const { n = '', what = '', fen = '' } = useRouter().params;
  return (
    <WithAccount title={m('dispute.title')} retryId="dispute-account-retry">
      {({ pack }) => <DisputeScreen n={Number(n)} what={decoded(what)} amount={decoded(fen)} pack={pack} />}
    </WithAccount>
  );
}

/** Mini-programs hand a page's query on as it was encoded; the browser decodes it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Props {
  readonly n: number;
  readonly what: string;
  readonly amount: string;
  readonly pack: RulePack;
}

function DisputeScreen({ n, what, amount, pack }: Props) {
  const { m } = useMoneyText();
  const load = useLoad(async () => {
    try {
      return await moneyApi.dispute(n);
    } catch (reason) {
      if (isRefusal(reason, 'dispute.unknown')) return null;
      throw reason;
    }
  }, `${n}`);
  const [opened, setOpened] = useState<DisputeReply>();
  const dispute = load.data ?? opened ?? load.data;
  return (
    <Screen title={m('dispute.title')}>
      {dispute === undefined ? (
        load.failure === undefined ? (
          <Loading />
        ) : (
          <Failed id="dispute-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : dispute === null ? (
        <Ask
          n={n}
          what={what}
          amount={amount}
          pack={pack}
          onOpened={(reply) => {
            setOpened(reply);
            // It may have given the money back at once.
            loadAccount().catch(() => undefined);
          }}
        />
      ) : (
        <Standing dispute={dispute} pack={pack} onLook={load.reload} />
      )}
    </Screen>
  );
}

function Ask({ n, what, amount, pack, onOpened }: Props & { readonly onOpened: (reply: DisputeReply) => void }) {
  const { m } = useMoneyText();
  const [reason, setReason] = useState<DisputeReply['reason']>();
  const [text, setText] = useState('');
  const send = useAction(async () => {
    if (reason !== undefined) onOpened(await moneyApi.openDispute({ n, reason, text: text.trim() }));
  });
  return (
    <>
      {what === '' ? null : (
        <Card>
          <Cell id="dispute-what" label={what} value={amount === '' ? '' : `−${amount}`} />
        </Card>
      )}
      <Card>
        <View className="h">{m('dispute.why')}</View>
        {REASONS.map((each) => (
          <RadioRow
            key={each}
            id={`dispute-${each}`}
            label={m(`disputes.${each}`)}
            chosen={reason === each}
            onChoose={() => setReason(each)}
          />
        ))}
        <Field
          id="dispute-text"
          label={m('dispute.text')}
          placeholder={m('dispute.text-hint')}
          value={text}
          onChange={setText}
          maxLength={200}
        />
      </Card>
      <View className="sub">{m('disputes.lead')}</View>
      <Refused id="dispute-failure" failure={send.failure} pack={pack} />
      <Button id="dispute-submit" text={m('dispute.send')} onPress={() => send.run()} busy={send.busy} disabled={reason === undefined} />
    </>
  );
}

interface StandingProps {
  readonly dispute: DisputeReply;
  readonly pack: RulePack;
  readonly onLook: () => void;
}

function Standing({ dispute, pack, onLook }: StandingProps) {
  const { m, t, lang } = useMoneyText();
  const time = (at: string) => fullInstant(at, lang, pack.utcOffsetMinutes);
  const open = dispute.state === 'waiting' || dispute.state === 'office';
  return (
    <>
      <Outcome
        id="dispute-state"
        tone={TONES[dispute.state]}
        title={m(`disputes.${dispute.state}`)}
        amountFen={dispute.amountFen}
        hint={m(`dispute.${dispute.state}-hint`)}
      />
      <Card>
        <Cell id="dispute-reason" label={m('dispute.why')} value={m(`disputes.${dispute.reason}`)} />
        {dispute.text === '' ? null : <Cell id="dispute-said" label={m('dispute.text')} value={dispute.text} />}
        <Cell id="dispute-opened" label={m('dispute.opened')} value={time(dispute.openedAt)} />
        <Cell id="dispute-since" label={m('dispute.since')} value={time(dispute.since)} />
        {dispute.terminalSays === null ? null : (
          <Cell id="dispute-terminal" label={m('dispute.terminal')} value={m(`dispute.says-${dispute.terminalSays}`)} />
        )}
        {dispute.note === '' ? null : <Cell id="dispute-note" label={m('dispute.note')} value={dispute.note} />}
      </Card>
      {open ? <Button id="dispute-look" kind="tint" text={t('state.refresh')} onPress={onLook} /> : null}
      <Button id="dispute-back" kind="plain" text={m('dispute.back')} onPress={goBack} />
    </>
  );
}

import { View } from '@tarojs/components';
import { useState } from 'react';
import type { RefundableReply, RefundPartView } from '../../../../../../shared/api/refunds';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Money } from '../../../../components/money';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Refusal } from '../../../../components/states';
import { fullInstant, shortInstant } from '../../../../lib/dates';
import { yuan } from '../../../../lib/money-text';
import { serverNow } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { type Loaded, useLoad } from '../../../../state/use-load';
import { usePages } from '../../../../state/use-pages';
import { moneyApi } from '../../money-api';
import { MoneyRow } from '../../parts/money-row';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { AskRefund } from './ask-refund';

/** 退款: what could go back to whom, and how every refund stands and since when. */
export default function Refunds() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('hub.refunds')} retryId="refunds-account-retry">
      {({ pack }) => <RefundsScreen pack={pack} />}
    </WithAccount>
  );
}

function RefundsScreen({ pack }: { readonly pack: RulePack }) {
  const { m } = useMoneyText();
  const refundable = useLoad(moneyApi.refundable, 'refundable');
  const [asking, setAsking] = useState(false);
  const [round, setRound] = useState(0);
  if (asking && refundable.data !== undefined) {
    return (
      <AskRefund
        refundable={refundable.data}
        pack={pack}
        onDone={() => {
          setAsking(false);
          setRound(round + 1);
          refundable.reload();
        }}
        onBack={() => setAsking(false)}
      />
    );
  }
  return (
    <Screen title={m('hub.refunds')}>
      <Refundable load={refundable} onAsk={() => setAsking(true)} />
      <RefundList key={round} pack={pack} />
    </Screen>
  );
}

function Refundable({ load, onAsk }: { readonly load: Loaded<RefundableReply>; readonly onAsk: () => void }) {
  const { m } = useMoneyText();
  const { data } = load;
  if (data === undefined) {
    return load.failure === undefined ? (
      <Loading rows={2} />
    ) : (
      <Failed id="refundable-retry" failure={load.failure} onRetry={load.reload} />
    );
  }
  return (
    <Card className="stack">
      <View className="row">
        <View>
          <View className="h">{m('refunds.able')}</View>
          <Money id="refunds-able" amountFen={data.refundableFen} />
        </View>
        {data.refundableFen === 0 ? null : <Button id="refunds-ask" size="small" kind="tint" text={m('refunds.ask')} onPress={onAsk} />}
      </View>
      <View className="sub">{m('refunds.how')}</View>
      {data.remainder.length === 0 ? null : (
        <View>
          {data.remainder.map(({ reason, amountFen }) => (
            <Cell key={reason} id={`refunds-stays-${reason}`} label={m(`stays.${reason}`)} value={yuan(amountFen)} />
          ))}
        </View>
      )}
    </Card>
  );
}

function RefundList({ pack }: { readonly pack: RulePack }) {
  const { m } = useMoneyText();
  const pages = usePages(async (cursor) => {
    const { refunds, nextCursor } = await moneyApi.refunds(cursor);
    return { rows: refunds, nextCursor };
  });
  const [sending, setSending] = useState<RefundPartView>();
  const redirect = useAction<RefundPartView>(async (part) => {
    await moneyApi.redirectRefund(part.refundNo);
    setSending(undefined);
    pages.restart();
  });
  if (pages.rows === undefined) {
    return pages.failure === undefined ? <Loading rows={3} /> : <Failed id="refunds-retry" failure={pages.failure} onRetry={pages.more} />;
  }
  if (pages.rows.length === 0 && !pages.hasMore) return <Empty icon="refresh" text={m('refunds.none')} hint={m('refunds.none-hint')} />;
  return (
    <>
      <Card>
        <View className="h">{m('refunds.list')}</View>
        {pages.rows.map((part) => (
          <RefundRow key={part.refundNo} part={part} pack={pack} onRedirect={() => setSending(part)} />
        ))}
      </Card>
      <Refusal id="refunds-failure" failure={pages.failure} />
      {pages.hasMore ? <Button id="refunds-more" kind="tint" text={m('list.more')} onPress={pages.more} busy={pages.loading} /> : null}
      <Confirm
        id="redirect"
        open={sending !== undefined}
        title={m('refunds.redirect')}
        text={m('refunds.redirect-text')}
        yes={m('refunds.redirect-yes')}
        busy={redirect.busy}
        failure={redirect.failure}
        onYes={() => sending !== undefined && redirect.run(sending)}
        onClose={() => setSending(undefined)}
      />
    </>
  );
}

interface RowProps {
  readonly part: RefundPartView;
  readonly pack: RulePack;
  readonly onRedirect: () => void;
}

function RefundRow({ part, pack, onRedirect }: RowProps) {
  const { m, t, lang } = useMoneyText();
  const since = fullInstant(part.since, lang, pack.utcOffsetMinutes);
  return (
    <>
      <MoneyRow
        id={`refund-${part.refundNo}`}
        title={m(part.orderNo === null ? 'refunds.of-sale' : 'refunds.of-top-up')}
        details={[
          shortInstant(part.createdAt, serverNow(), lang, pack.utcOffsetMinutes),
          `${t(`channel.${part.to.channel}`)} ${part.to.masked}`,
        ]}
        amount={yuan(part.amountFen)}
        state={m(`refunds.${part.state}`, { time: since })}
        waits={part.state === 'requested' || part.state === 'stuck'}
      />
      {part.redirectable ? (
        <Button id={`refund-redirect-${part.refundNo}`} kind="tint" size="small" text={m('refunds.redirect-yes')} onPress={onRedirect} />
      ) : null}
    </>
  );
}

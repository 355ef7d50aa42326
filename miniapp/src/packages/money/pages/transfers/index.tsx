import { View } from '@tarojs/components';
import { useState } from 'react';
import type { TransferView } from '../../../../../../shared/api/money-flow';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { isRefusal } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Money } from '../../../../components/money';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { shortInstant } from '../../../../lib/dates';
import { grouped, yuan } from '../../../../lib/money-text';
import { serverNow } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { usePages } from '../../../../state/use-pages';
import { useRequestId } from '../../../../state/use-request-id';
import { moneyApi } from '../../money-api';
import { MoneyRow } from '../../parts/money-row';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

/** 查询转帐流水 (ST-22): each yuan as paid, waiting, on the card, with the next step named; and 领取 where the school lets the app do it. */
export default function Transfers() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('hub.transfers')} retryId="transfers-account-retry">
      {(holder) => <TransfersScreen {...holder} />}
    </WithAccount>
  );
}

function TransfersScreen({ account, pack, load }: Holder) {
  const { m } = useMoneyText();
  const pages = usePages(async (cursor) => {
    const { transfers, nextCursor } = await moneyApi.transfers(cursor);
    return { rows: transfers, nextCursor };
  });
  return (
    <Screen title={m('hub.transfers')}>
      <Waiting
        account={account}
        pack={pack}
        onClaimed={() => {
          load.reload();
          pages.restart();
        }}
      />
      {pages.rows === undefined ? (
        pages.failure === undefined ? (
          <Loading rows={5} />
        ) : (
          <Failed
            id="transfers-retry"
            failure={pages.failure}
            onRetry={() => {
              // What waits is part of the account, which was asked for in vain as well.
              load.reload();
              pages.more();
            }}
          />
        )
      ) : pages.rows.length === 0 && !pages.hasMore ? (
        <Empty text={m('transfers.none')} hint={m('transfers.none-hint')} />
      ) : (
        <>
          <Card>
            {pages.rows.map((row) => (
              <TransferRow key={row.n} row={row} pack={pack} />
            ))}
          </Card>
          <Refusal id="transfers-failure" failure={pages.failure} />
          {pages.hasMore ? (
            <Button id="transfers-more" kind="tint" text={m('list.more')} onPress={pages.more} busy={pages.loading} />
          ) : (
            <View className="sub">{m('list.end', { count: pages.rows.length })}</View>
          )}
        </>
      )}
    </Screen>
  );
}

interface WaitingProps extends Pick<Holder, 'account' | 'pack'> {
  readonly onClaimed: () => void;
}

function Waiting({ account, pack, onClaimed }: WaitingProps) {
  const { b, m } = useMoneyText();
  const [claimed, setClaimed] = useState<string>();
  const request = useRequestId();
  const { transitFen } = account.balances;
  const claim = useAction(async () => {
    try {
      const reply = await moneyApi.claim(await request.of(`${account.lastEntryN}`));
      setClaimed(yuan(reply.amountFen));
    } catch (reason) {
      // A POS was faster: it is on the card, which is what was wished.
      if (!isRefusal(reason, 'claim.nothing')) throw reason;
    }
    request.done();
    onClaimed();
  });
  if (claimed !== undefined) return <Notice id="transfers-claimed" tone="good" text={m('transfers.claimed', { amount: claimed })} />;
  if (transitFen === 0) return null;
  return (
    <Card className="stack">
      <View className="row">
        <View>
          <View className="h">{b(pack.arrival.transitLabel)}</View>
          <Money id="transfers-waiting" amountFen={transitFen} />
        </View>
        {pack.arrival.claimAt.includes('app') ? (
          <Button
            id="transfers-claim"
            size="small"
            text={pack.arrival.claimLabel === undefined ? m('transfers.claim') : b(pack.arrival.claimLabel)}
            onPress={() => claim.run()}
            busy={claim.busy}
          />
        ) : null}
      </View>
      <View id="transfers-next" className="sub">
        {b(pack.arrival.nextStep)}
      </View>
      <Refusal id="transfers-claim-failure" failure={claim.failure} />
    </Card>
  );
}

function TransferRow({ row, pack }: { readonly row: TransferView; readonly pack: RulePack }) {
  const { b, m, lang, t } = useMoneyText();
  const when = (at: string) => shortInstant(at, serverNow(), lang, pack.utcOffsetMinutes);
  const { arrival } = row;
  const stands =
    arrival === null
      ? undefined
      : arrival.state === 'claimed'
        ? m('transfers.claimed-at', { time: when(arrival.at) })
        : arrival.state === 'waiting'
          ? b(pack.arrival.transitLabel)
          : m(`transfers.${arrival.state}`);
  const sign = row.direction === 'in' ? '+' : row.direction === 'out' ? '−' : '';
  return (
    <MoneyRow
      id={`transfer-${row.n}`}
      title={b(row.name)}
      details={[when(row.at), ...(row.channel === null ? [] : [t(`channel.${row.channel}`)])]}
      amount={`${sign}${grouped(row.amountFen)}`}
      good={row.direction === 'in'}
      state={stands}
      waits={arrival?.state === 'waiting' || arrival?.state === 'writing'}
    />
  );
}

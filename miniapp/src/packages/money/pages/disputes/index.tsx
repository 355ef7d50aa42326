import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { useRef } from 'react';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading } from '../../../../components/states';
import { recentMonths, shortInstant } from '../../../../lib/dates';
import { entryTitle } from '../../../../lib/entry-text';
import { go } from '../../../../lib/go';
import { disputable } from '../../../../lib/money-services';
import { grouped, signed, yuan } from '../../../../lib/money-text';
import { serverNow } from '../../../../state/app-state';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { MoneyRow } from '../../parts/money-row';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

/** 有疑问的消费: what the holder doubts and how it stands, and the newest purchases to doubt. */
export default function Disputes() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('hub.disputes')} retryId="disputes-account-retry">
      {(holder) => <DisputesScreen {...holder} />}
    </WithAccount>
  );
}

function DisputesScreen({ account, pack }: Holder) {
  const text = useMoneyText();
  const { m, lang } = text;
  const load = useLoad(async () => (await moneyApi.disputes()).disputes, 'disputes');
  const month = useLoad(async () => {
    const [now = ''] = recentMonths(serverNow(), 1, pack.utcOffsetMinutes);
    return (await moneyApi.month(now)).entries;
  }, 'month');
  const shownOnce = useRef(false);
  useDidShow(() => {
    if (shownOnce.current) load.reload();
    shownOnce.current = true;
  });
  const when = (at: string) => shortInstant(at, serverNow(), lang, pack.utcOffsetMinutes);
  const disputed = new Set(load.data?.map(({ n }) => n));
  // The last few are known at once; the rest of the month's first page follows.
  const sales = (month.data ?? account.recent).filter((entry) => disputable(entry) && !disputed.has(entry.n)).slice(0, 10);
  return (
    <Screen title={m('hub.disputes')}>
      {load.data === undefined ? (
        load.failure === undefined ? (
          <Loading rows={2} />
        ) : (
          <Failed id="disputes-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : load.data.length === 0 ? (
        <Empty icon="shield" text={m('disputes.none')} hint={m('disputes.none-hint')} />
      ) : (
        <Card>
          {load.data.map((each) => (
            <MoneyRow
              key={each.n}
              id={`dispute-${each.n}`}
              title={m(`disputes.${each.reason}`)}
              details={[when(each.openedAt)]}
              amount={yuan(each.amountFen)}
              state={m(`disputes.${each.state}`)}
              waits={each.state === 'waiting' || each.state === 'office'}
              onPress={() => go('dispute', { n: String(each.n) })}
            />
          ))}
        </Card>
      )}
      {sales.length === 0 ? null : (
        <Card>
          <View className="h">{m('disputes.recent')}</View>
          {sales.map((entry) => (
            <MoneyRow
              key={entry.n}
              id={`dispute-sale-${entry.n}`}
              title={entryTitle(entry, text)}
              details={[when(entry.recordedAt)]}
              amount={signed(entry.amountFen)}
              state={m('disputes.doubt')}
              onPress={() => go('dispute', { n: String(entry.n), fen: grouped(entry.amountFen), what: entryTitle(entry, text) })}
            />
          ))}
        </Card>
      )}
      <View className="sub">{m('disputes.lead')}</View>
    </Screen>
  );
}

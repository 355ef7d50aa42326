import { View } from '@tarojs/components';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { EntryRow } from '../../../../components/entry-row';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Refusal } from '../../../../components/states';
import { shortInstant } from '../../../../lib/dates';
import { serverNow, useApp } from '../../../../state/app-state';
import { usePages } from '../../../../state/use-pages';
import { moneyApi } from '../../money-api';
import { useMoneyText } from '../../text';

/** 交易明细 of the wallet (DL-21), newest first. */
export default function WalletEntries() {
  const { m, lang } = useMoneyText();
  const zone = useApp((state) => state.pack?.utcOffsetMinutes);
  const pages = usePages(async (cursor) => {
    const { entries, nextCursor } = await moneyApi.walletEntries(cursor);
    return { rows: entries, nextCursor };
  });
  return (
    <Screen title={m('wallet.entries')}>
      {pages.rows === undefined ? (
        pages.failure === undefined ? (
          <Loading rows={5} />
        ) : (
          <Failed id="wallet-entries-retry" failure={pages.failure} onRetry={pages.more} />
        )
      ) : pages.rows.length === 0 && !pages.hasMore ? (
        <Empty text={m('wallet.entries-none')} hint={m('wallet.entries-hint')} />
      ) : (
        <>
          <Card>
            {pages.rows.map(({ walletFen, ...entry }) => (
              <EntryRow
                key={entry.n}
                entry={{ ...entry, amountFen: walletFen }}
                when={shortInstant(entry.recordedAt, serverNow(), lang, zone)}
              />
            ))}
          </Card>
          <Refusal id="wallet-entries-failure" failure={pages.failure} />
          {pages.hasMore ? (
            <Button id="wallet-entries-more" kind="tint" text={m('list.more')} onPress={pages.more} busy={pages.loading} />
          ) : (
            <View className="sub">{m('list.end', { count: pages.rows.length })}</View>
          )}
        </>
      )}
    </Screen>
  );
}

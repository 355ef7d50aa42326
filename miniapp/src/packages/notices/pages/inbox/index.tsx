import { View } from '@tarojs/components';
import Taro, { usePullDownRefresh, useReachBottom } from '@tarojs/taro';
import { useEffect, useRef, useState } from 'react';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Icon } from '../../../../components/icon';
import { Press } from '../../../../components/press';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Refusal } from '../../../../components/states';
import { dayHeading } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { groupByDay } from '../../../../lib/statement-view';
import { setApp, useApp } from '../../../../state/app-state';
import { loadAccount } from '../../../../state/services';
import { useLoad } from '../../../../state/use-load';
import { type Pages, usePages } from '../../../../state/use-pages';
import { noticesApi, type ShownNotice } from '../../api';
import { NoticeRow } from '../../parts/notice-row';
import { useNoticeText } from '../../text';
import './inbox.scss';

/** 通知: what the holder is to know of the account, newest first. What was shown here counts as read. */
export default function Inbox() {
  const { n } = useNoticeText();
  const pack = useApp((state) => state.pack);
  // Home has it already; whoever comes from elsewhere needs the school's words and zone.
  const account = useLoad(async () => (pack === null ? loadAccount() : undefined), 'account');
  // As they were when they came: to be shown here is what makes them read.
  const [unread, setUnread] = useState(0);
  const pages = usePages(async (cursor) => {
    const { notices, nextCursor, unread: count } = await noticesApi.list(cursor);
    if (cursor === undefined) setUnread(count);
    return { rows: notices, nextCursor };
  });
  useRead(pages.rows);

  usePullDownRefresh(pages.restart);
  useEffect(() => {
    if (!pages.loading) Taro.stopPullDownRefresh();
  }, [pages.loading]);
  useReachBottom(() => {
    if (pages.hasMore && pages.failure === undefined) pages.more();
  });

  return (
    <Screen title={n('inbox.title')}>
      <View className="inbox__head">
        <View id="inbox-unread" className="num">
          {pages.rows === undefined || pages.rows.length === 0
            ? ''
            : unread === 0
              ? n('inbox.all-read')
              : n('inbox.unread', { count: unread > 99 ? '99+' : unread })}
        </View>
        <Press id="inbox-settings" className="inbox__settings" label={n('settings.title')} onPress={() => go('notice-settings')}>
          {n('inbox.settings')}
          <Icon name="chevron" size={14} />
        </Press>
      </View>
      {pack === null && account.failure !== undefined ? (
        <Failed id="inbox-account-retry" failure={account.failure} onRetry={account.reload} />
      ) : pages.rows === undefined && pages.failure !== undefined ? (
        <Failed id="inbox-retry" failure={pages.failure} onRetry={pages.more} />
      ) : pages.rows === undefined || pack === null ? (
        <Loading rows={5} />
      ) : pages.rows.length === 0 ? (
        <Empty icon="bell" text={n('inbox.none')} hint={n('inbox.none-hint')} />
      ) : (
        <Days rows={pages.rows} pages={pages} pack={pack} />
      )}
    </Screen>
  );
}

/** Tells the server what was shown, once it is on the screen. Where that fails it stays unread, which the next visit mends. */
function useRead(rows: readonly ShownNotice[] | undefined): void {
  const told = useRef<string>();
  const newest = rows?.[0];
  useEffect(() => {
    if (newest === undefined || newest.read || told.current === newest.id) return;
    told.current = newest.id;
    noticesApi.read(newest.id).then(
      ({ unread }) => setApp({ unread }),
      () => undefined,
    );
  }, [newest]);
}

interface DaysProps {
  readonly rows: readonly ShownNotice[];
  readonly pages: Pages<ShownNotice>;
  readonly pack: RulePack;
}

function Days({ rows, pages, pack }: DaysProps) {
  const { n, lang } = useNoticeText();
  const zone = pack.utcOffsetMinutes;
  return (
    <>
      <Card className="inbox__days">
        {groupByDay(rows, ({ at }) => at, zone).map((group) => (
          <View key={group.day} className="inbox__day">
            <View className="inbox__date">{dayHeading(group.day, lang)}</View>
            <View>
              {group.rows.map((notice) => (
                <NoticeRow key={notice.id} notice={notice} pack={pack} />
              ))}
            </View>
          </View>
        ))}
      </Card>
      <Refusal id="inbox-failure" failure={pages.failure} />
      {pages.hasMore ? (
        <Button id="inbox-more" kind="tint" text={n('inbox.more')} onPress={pages.more} busy={pages.loading} />
      ) : (
        <View id="inbox-end" className="inbox__end sub">
          {n('inbox.end')}
        </View>
      )}
    </>
  );
}

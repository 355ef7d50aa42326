import { View } from '@tarojs/components';
import { useReachBottom } from '@tarojs/taro';
import { useState } from 'react';
import type { EntryView } from '../../../../shared/api/common';
import type { StatementReply } from '../../../../shared/api/student';
import { CHINA_OFFSET_MINUTES, toIso } from '../../../../shared/time';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { DayBars } from '../../components/day-bars';
import { EntryRow } from '../../components/entry-row';
import { Icon } from '../../components/icon';
import { Press } from '../../components/press';
import { Screen } from '../../components/screen';
import { Sheet } from '../../components/sheet';
import { Empty, Failed, Loading, Refusal } from '../../components/states';
import { useText } from '../../i18n';
import { clockText, dayHeading, dayOf, fullInstant, monthText, recentMonths } from '../../lib/dates';
import { yuan } from '../../lib/money-text';
import { appendPage, dayBars, groupByDay } from '../../lib/statement-view';
import { serverNow, useApp } from '../../state/app-state';
import { api } from '../../state/services';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import './statement.scss';

const MONTHS_OFFERED = 13;

interface Further {
  readonly after: StatementReply;
  readonly entries: readonly EntryView[];
  readonly nextCursor: string | null;
}

export default function Statement() {
  const { t, b, lang } = useText();
  const pack = useApp((state) => state.pack);
  const zone = pack?.utcOffsetMinutes ?? CHINA_OFFSET_MINUTES;
  const months = recentMonths(serverNow(), MONTHS_OFFERED, zone);
  const [month, setMonth] = useState(months[0] ?? '');
  const [choosing, setChoosing] = useState(false);
  const load = useLoad(() => api.statement({ month }), month);
  // Further pages belong to the first page they continue; another month or a reload begins anew.
  const [further, setFurther] = useState<Further>();
  const shown = further !== undefined && further.after === load.data ? further : load.data;
  const entries = shown?.entries ?? [];
  const cursor = shown?.nextCursor ?? null;

  const more = useAction(async () => {
    const first = load.data;
    if (cursor === null || first === undefined) return;
    const page = await api.statement({ month, cursor });
    setFurther({ after: first, entries: appendPage(entries, page.entries), nextCursor: page.nextCursor });
  });
  useReachBottom(() => {
    if (cursor !== null && more.failure === undefined) more.run();
  });

  const data = load.data;
  const today = dayOf(toIso(serverNow()), zone);
  return (
    <Screen title={pack === null ? t('statement.title') : b(pack.statementLabel)}>
      <Card>
        <Press id="statement-month" className="month" label={monthText(month, lang)} onPress={() => setChoosing(true)}>
          <View className="month__name">{monthText(month, lang)}</View>
          <View className="month__arrow">
            <Icon name="chevron" size={14} />
          </View>
        </Press>
        <View className="month__sums num">
          <View>
            {t('statement.spent')}{' '}
            <View className="month__sum" id="statement-spent">
              {data === undefined ? '—' : yuan(data.spentFen)}
            </View>
          </View>
          <View>
            {t('statement.received')}{' '}
            <View className="month__sum month__sum--in" id="statement-received">
              {data === undefined ? '—' : yuan(data.receivedFen)}
            </View>
          </View>
        </View>
        <DayBars bars={dayBars(month, data?.spentByDay ?? {}, today)} label={t('statement.bars', { month: monthText(month, lang) })} />
      </Card>
      {load.failure !== undefined && data === undefined ? (
        <Failed id="statement-retry" failure={load.failure} onRetry={load.reload} />
      ) : data === undefined ? (
        <Loading rows={5} />
      ) : data.entries.length === 0 ? (
        <Empty text={t('statement.empty')} />
      ) : (
        <>
          <Card className="days">
            {groupByDay(entries, zone).map((group) => (
              <View key={group.day} className="days__day">
                <View className="days__name">{dayHeading(group.day, lang)}</View>
                <View>
                  {group.entries.map((entry) => (
                    <EntryRow key={entry.n} entry={entry} when={clockText(entry.recordedAt, zone)} running />
                  ))}
                </View>
              </View>
            ))}
          </Card>
          <Refusal id="statement-more-failure" failure={more.failure} />
          {cursor === null ? (
            <View id="statement-end" className="statement__end num">
              {t('statement.end', { month: monthText(month, lang), count: entries.length })}
            </View>
          ) : (
            <Button id="statement-more" kind="tint" text={t('statement.more')} onPress={() => more.run()} busy={more.busy} />
          )}
          <View className="statement__as-of sub num">{t('statement.as-of', { time: fullInstant(data.asOf, lang, zone) })}</View>
        </>
      )}
      <Sheet open={choosing} title={t('statement.pick-month')} onClose={() => setChoosing(false)}>
        <View className="months">
          {months.map((each) => (
            <Press
              key={each}
              id={`month-${each}`}
              className={each === month ? 'months__item months__item--on' : 'months__item'}
              checked={each === month}
              label={monthText(each, lang)}
              onPress={() => {
                setMonth(each);
                setChoosing(false);
              }}
            >
              {monthText(each, lang)}
            </Press>
          ))}
        </View>
      </Sheet>
    </Screen>
  );
}

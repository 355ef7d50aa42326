import { View } from '@tarojs/components';
import { useDidShow, useReachBottom } from '@tarojs/taro';
import { useMemo, useState } from 'react';
import type { EntryView } from '../../../../../../shared/api/common';
import type { StatementReply } from '../../../../../../shared/api/student';
import { toIso } from '../../../../../../shared/time';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { DayBars } from '../../../../components/day-bars';
import { EntryRow } from '../../../../components/entry-row';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Refusal } from '../../../../components/states';
import { clockText, dayHeading, dayOf, fullInstant, monthText } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { appendPage, dayBars, groupByDay } from '../../../../lib/statement-view';
import { serverNow, useApp } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { recordsApi } from '../../api';
import { MonthPicker } from '../../components/month-picker';
import { useWords } from '../../i18n';
import { keptMonth } from '../../kept-month';
import { isChecked } from '../../lib/checked-month';
import { type Filter, NO_FILTER, partsSet } from '../../lib/filter';
import { useMonths } from '../../use-months';
import { FilterRow } from './filter-row';
import './statement.scss';

interface Further {
  readonly after: StatementReply;
  readonly entries: readonly EntryView[];
  readonly nextCursor: string | null;
}

/** A month of the passbook: what came and went by day, thirty rows at a time, all of it or what is asked for. */
export default function Statement() {
  const { w, b, lang } = useWords();
  const pack = useApp((state) => state.pack);
  const schoolId = useApp((state) => state.bound?.schoolId) ?? '';
  const { months, month, setMonth, zone } = useMonths();
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const load = useLoad(() => recordsApi.statement({ month, ...filter }), JSON.stringify({ month, filter }));
  // Further pages belong to the first page they continue; another month, filter or a reload begins anew.
  const [further, setFurther] = useState<Further>();
  const shown = further !== undefined && further.after === load.data ? further : load.data;
  const entries = shown?.entries ?? [];
  const cursor = shown?.nextCursor ?? null;

  const more = useAction(async () => {
    const first = load.data;
    if (cursor === null || first === undefined) return;
    const page = await recordsApi.statement({ month, ...filter, cursor });
    setFurther({ after: first, entries: appendPage(entries, page.entries), nextCursor: page.nextCursor });
  });
  useReachBottom(() => {
    if (cursor !== null && more.failure === undefined) more.run();
  });

  const data = load.data;
  // The month's own figures stay on the screen while another filter is asked for.
  const [figures, setFigures] = useState<StatementReply>();
  if (data !== undefined && data !== figures) setFigures(data);
  const ofMonth = figures?.month === month ? figures : undefined;
  const filtered = partsSet(filter) > 0;
  // Back from the check the list may say that it is the one that was checked.
  const [kept, setKept] = useState(keptMonth);
  useDidShow(() => setKept(keptMonth()));
  const isWhole = !filtered && cursor === null;
  const checked = useMemo(() => isWhole && isChecked(kept, { schoolId, month, rows: entries }), [isWhole, kept, schoolId, month, entries]);
  const today = dayOf(toIso(serverNow(), zone), zone);
  return (
    <Screen title={pack === null ? w('statement.title') : b(pack.statementLabel)}>
      <Card>
        <MonthPicker month={month} months={months} onPick={setMonth} />
        <View className="sums num">
          <View>
            {w('statement.spent')}{' '}
            <View className="sums__sum" id="statement-spent">
              {ofMonth === undefined ? '—' : yuan(ofMonth.spentFen)}
            </View>
          </View>
          <View>
            {w('statement.received')}{' '}
            <View className="sums__sum sums__sum--in" id="statement-received">
              {ofMonth === undefined ? '—' : yuan(ofMonth.receivedFen)}
            </View>
          </View>
        </View>
        <DayBars bars={dayBars(month, ofMonth?.spentByDay ?? {}, today)} label={w('statement.bars', { month: monthText(month, lang) })} />
        <View className="tools">
          <Button id="statement-charts" kind="tint" size="small" text={w('statement.charts')} onPress={() => go('month', { month })} />
          <Button
            id="statement-export"
            kind="tint"
            size="small"
            text={w('statement.export')}
            onPress={() => go('month', { month, at: 'export' })}
          />
          <Button id="statement-check" kind="tint" size="small" text={w('statement.check')} onPress={() => go('check', { month })} />
        </View>
      </Card>
      <FilterRow filter={filter} walletOffered={pack?.wallet.offered ?? false} onChange={setFilter} />
      {load.failure !== undefined && data === undefined ? (
        <Failed id="statement-retry" failure={load.failure} onRetry={load.reload} />
      ) : data === undefined ? (
        <Loading rows={5} />
      ) : data.entries.length === 0 ? (
        <Empty text={w(filtered ? 'statement.none-match' : 'statement.empty')} />
      ) : (
        <>
          {filtered && data.matching !== undefined ? (
            <View id="filter-result" className="statement__result num">
              {w('filter.result', {
                count: data.matching.count,
                out: yuan(data.matching.outFen),
                in: yuan(data.matching.inFen),
              })}
            </View>
          ) : null}
          <Card className="days">
            {groupByDay(entries, ({ recordedAt }) => recordedAt, zone).map((group) => (
              <View key={group.day} className="days__day">
                <View className="days__name">{dayHeading(group.day, lang)}</View>
                <View>
                  {group.rows.map((entry) => (
                    <EntryRow
                      key={entry.n}
                      entry={entry}
                      when={clockText(entry.recordedAt, zone)}
                      running
                      onOpen={() => go('entry', { n: String(entry.n) })}
                    />
                  ))}
                </View>
              </View>
            ))}
          </Card>
          <Refusal id="statement-more-failure" failure={more.failure} />
          {cursor === null ? (
            <View id="statement-end" className="statement__end num">
              {filtered
                ? w('statement.end-filtered', { count: entries.length })
                : w(checked ? 'statement.checked' : 'statement.end', { month: monthText(month, lang), count: entries.length })}
            </View>
          ) : (
            <Button id="statement-more" kind="tint" text={w('statement.more')} onPress={() => more.run()} busy={more.busy} />
          )}
          <View className="statement__as-of sub num">{w('statement.as-of', { time: fullInstant(data.asOf, lang, zone) })}</View>
        </>
      )}
    </Screen>
  );
}

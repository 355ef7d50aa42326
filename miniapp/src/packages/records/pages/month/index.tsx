import { View } from '@tarojs/components';
import { pageScrollTo, useRouter } from '@tarojs/taro';
import { useEffect } from 'react';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { Failed, Loading } from '../../../../components/states';
import { go } from '../../../../lib/go';
import { useApp } from '../../../../state/app-state';
import { useLoad } from '../../../../state/use-load';
import { recordsApi } from '../../api';
import { MonthPicker } from '../../components/month-picker';
import { useWords } from '../../i18n';
import { loadMonth } from '../../lib/load-month';
import { salesOf } from '../../lib/month-charts';
import { useMonths } from '../../use-months';
import { DaysCard } from './days-card';
import { ExportCard } from './export-card';
import { MealsCard, MerchantsCard } from './shares-cards';

/** A month seen as a whole: by day, by meal, by canteen, and as a table to take along. */
export default function MonthPage() {
  const { w } = useWords();
  const pack = useApp((state) => state.pack);
  const { months, month, setMonth, zone } = useMonths();
  const { at } = useRouter().params;
  const load = useLoad(() => loadMonth(recordsApi.statement, month), month);
  const { data } = load;
  const loaded = data !== undefined;
  useEffect(() => {
    // Whoever pressed 导出 wants the table, which stands below the charts.
    if (loaded && at === 'export') pageScrollTo({ selector: '#month-export', duration: 200 })?.catch?.(() => undefined);
  }, [loaded, at]);

  const sales = salesOf(data?.entries ?? []);
  return (
    <Screen title={w('month.title')}>
      <Card>
        <MonthPicker month={month} months={months} onPick={setMonth} />
        {data === undefined ? null : <DaysCard month={month} spentByDay={data.first.spentByDay} zone={zone} />}
      </Card>
      {data === undefined && load.failure !== undefined ? (
        <Failed id="month-retry" failure={load.failure} onRetry={load.reload} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : (
        <>
          <MealsCard sales={sales} periods={pack?.limits.mealPeriods ?? []} zone={zone} />
          <MerchantsCard sales={sales} />
          <Card>
            <Cell id="month-year" icon="list" label={w('year.title')} onPress={() => go('year')} />
          </Card>
          <View id="month-export">
            <ExportCard month={month} entries={data.entries} zone={zone} />
          </View>
        </>
      )}
    </Screen>
  );
}

import { View } from '@tarojs/components';
import { useState } from 'react';
import type { EntryView } from '../../../../../../shared/api/common';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Choice } from '../../../../components/choice';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Notice } from '../../../../components/states';
import { NO_SCHOOL } from '../../../../lib/colors';
import { monthText } from '../../../../lib/dates';
import { yuan } from '../../../../lib/money-text';
import { useApp } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { recordsApi } from '../../api';
import { ShareBar } from '../../components/share-bar';
import { host } from '../../host';
import { useWords } from '../../i18n';
import { loadMonth } from '../../lib/load-month';
import { monthsOfYear, type YearReport, yearReport } from '../../lib/year-report';
import { useMonths } from '../../use-months';
import { ReportPicture } from './report-picture';
import { yearLines } from './year-lines';
import './year.scss';

/** 年度报告: a year of purchases on one screen, and as a picture to give to somebody. */
export default function YearPage() {
  const { w } = useWords();
  const { months, zone } = useMonths();
  const present = months[0] ?? '';
  const years = [present.slice(0, 4), String(Number(present.slice(0, 4)) - 1)];
  const [year, setYear] = useState(years[0] ?? '');
  const load = useLoad(async () => {
    const asked = monthsOfYear(year, present);
    const entries: EntryView[] = [];
    // One after the other: twelve at once would be a burst from every phone on the last day of the year.
    for (const month of asked) entries.push(...(await loadMonth(recordsApi.statement, month)).entries);
    return yearReport(year, asked, entries, zone);
  }, year);
  const { data } = load;
  return (
    <Screen title={w('year.title')}>
      <Choice idPrefix="year" items={years.map((each) => ({ id: each, label: each }))} chosen={year} onChoose={setYear} />
      {data === undefined && load.failure !== undefined ? (
        <Failed id="year-retry" failure={load.failure} onRetry={load.reload} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : data.count === 0 ? (
        <Empty text={w('year.empty')} />
      ) : (
        <Report report={data} zone={zone} />
      )}
    </Screen>
  );
}

function Report({ report, zone }: { readonly report: YearReport; readonly zone: number }) {
  const words = useWords();
  const { w, b, lang } = words;
  const pack = useApp((state) => state.pack);
  const [picture, setPicture] = useState<unknown>();
  const [said, setSaid] = useState<{ readonly tone: 'good' | 'warn'; readonly text: string }>();
  const lines = yearLines(report, words, zone);
  const share = useAction(async () => {
    const done = await host.sharePicture(picture, `e-code-${report.year}.png`);
    setSaid({ tone: done ? 'good' : 'warn', text: w(done ? 'year.shared' : 'year.not-shared') });
  });
  return (
    <>
      <Card>
        <View className="sub">{w('year.spent', { year: report.year })}</View>
        <View id="year-spent" className="year__amount num">
          {yuan(report.spentFen)}
        </View>
        {lines.map(({ id, label, value }) => (
          <View key={id} id={`year-${id}`} className="year__line">
            <View className="year__label">{label}</View>
            <View className="year__value num">{value}</View>
          </View>
        ))}
      </Card>
      <Card>
        {report.months.map(({ month, amountFen, width }) => (
          <ShareBar key={month} id={`year-${month}`} name={monthText(month, lang)} value={yuan(amountFen)} width={width} />
        ))}
      </Card>
      <Card>
        <View className="strong">{w('year.picture')}</View>
        <View className="sub">{w('year.picture-hint')}</View>
        <ReportPicture
          brand={(pack?.brand ?? NO_SCHOOL).color}
          bars={report.months.map(({ width }) => width)}
          text={{
            school: pack === null ? '' : b(pack.name),
            title: w('year.picture-title', { year: report.year }),
            amount: yuan(report.spentFen),
            lines,
            foot: pack === null ? '' : b(pack.appName),
          }}
          onDrawn={setPicture}
        />
        <Button id="year-share" text={w('year.share')} onPress={() => share.run()} busy={share.busy} disabled={picture === undefined} />
        {said === undefined ? null : <Notice id="year-said" tone={said.tone} text={said.text} />}
      </Card>
    </>
  );
}

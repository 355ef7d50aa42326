import { View } from '@tarojs/components';
import { useState } from 'react';
import type { EntryView } from '../../../../../../shared/api/common';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Notice } from '../../../../components/states';
import { monthText } from '../../../../lib/dates';
import { useApp } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { host } from '../../host';
import { useWords } from '../../i18n';
import { csvName, monthCsv, monthPasted } from '../../lib/csv';
import './month.scss';

interface Props {
  readonly month: string;
  readonly entries: readonly EntryView[];
  readonly zone: number;
}

/** The month as a table, by whatever way this phone lets a file leave an app. */
export function ExportCard({ month, entries, zone }: Props) {
  const words = useWords();
  const { w, lang } = words;
  const schoolId = useApp((state) => state.bound?.schoolId) ?? 'school';
  const [said, setSaid] = useState<{ readonly month: string; readonly tone: 'good' | 'warn'; readonly text: string }>();
  const name = csvName(schoolId, month);

  const handOver = useAction(async () => {
    const done = await host.handOver({ name, text: monthCsv(entries, words, zone) });
    const sentence = done ? w(host.fileWay === 'send' ? 'export.sent' : 'export.saved', { name }) : w('export.failed');
    setSaid({ month, tone: done ? 'good' : 'warn', text: sentence });
  });
  const copy = useAction(async () => {
    const done = await host.copy(monthPasted(entries, words, zone));
    setSaid({ month, tone: done ? 'good' : 'warn', text: w(done ? 'export.copied' : 'entry.not-copied') });
  });
  return (
    <Card className="export">
      <View className="strong">{w('export.title')}</View>
      <View className="sub">{w('export.text', { month: monthText(month, lang), count: entries.length })}</View>
      {host.fileWay === undefined ? null : (
        <Button
          id="export-file"
          text={w(`export.${host.fileWay}`)}
          onPress={() => handOver.run()}
          busy={handOver.busy}
          disabled={entries.length === 0}
        />
      )}
      <Button
        id="export-copy"
        kind="tint"
        text={w('export.copy')}
        onPress={() => copy.run()}
        busy={copy.busy}
        disabled={entries.length === 0}
      />
      {said?.month === month ? <Notice id="export-said" tone={said.tone} text={said.text} /> : null}
    </Card>
  );
}

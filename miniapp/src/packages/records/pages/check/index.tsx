import { View } from '@tarojs/components';
import { useState } from 'react';
import { monthOf } from '../../../../../../shared/time';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Failed } from '../../../../components/states';
import { monthText } from '../../../../lib/dates';
import { platform } from '../../../../platform';
import { useApp } from '../../../../state/app-state';
import { readStored, writeStored } from '../../../../state/stored';
import { useAction } from '../../../../state/use-action';
import { recordsApi } from '../../api';
import { useWords } from '../../i18n';
import { keepChecked } from '../../kept-month';
import { type CheckResult, checkBook, keptHeadSchema } from '../../lib/check-book';
import { rowsDigest } from '../../lib/checked-month';
import { loadMonth } from '../../lib/load-month';
import { useMonths } from '../../use-months';
import { Verdict } from './verdict';
import './check.scss';

const KEPT = 'checked-head';

/** 核对账本: the phone walks the passbook itself, and says what that proves. */
export default function CheckPage() {
  const { w, lang } = useWords();
  const { month, zone } = useMonths();
  const schoolId = useApp((state) => state.bound?.schoolId) ?? '';
  const [progress, setProgress] = useState<{ readonly done: number; readonly all: number }>();
  const [result, setResult] = useState<CheckResult>();

  const check = useAction(async () => {
    setResult(undefined);
    setProgress(undefined);
    const found = await checkBook({
      page: recordsApi.passbook,
      rows: async () => (await loadMonth(recordsApi.statement, month)).entries,
      isOfMonth: (recordedAt) => monthOf(recordedAt, zone) === month,
      schoolId,
      kept: readStored(platform.storage, KEPT, keptHeadSchema),
      onProgress: (done, all) => setProgress({ done, all }),
    });
    // Only what was found whole is what the next check must pass through.
    if (found.faults.length === 0) {
      writeStored(platform.storage, KEPT, found.head);
      keepChecked({ schoolId, month, digest: rowsDigest(found.rows) });
    }
    setResult(found);
  });

  const shownMonth = monthText(month, lang);
  return (
    <Screen title={w('check.title')}>
      {result !== undefined ? (
        <Verdict result={result} month={shownMonth} zone={zone} />
      ) : (
        <Card>
          <View className="check__lead">{w('check.lead')}</View>
          {(['check.what-1', 'check.what-2', 'check.what-3', 'check.what-4', 'check.what-5'] as const).map((key) => (
            <View key={key} className="check__what">
              <View className="check__dot" />
              <View className="grow">{w(key, { month: shownMonth })}</View>
            </View>
          ))}
        </Card>
      )}
      {check.busy ? (
        <Card>
          <View id="check-progress" className="num">
            {progress === undefined || progress.done < progress.all
              ? w('check.running', { done: progress?.done ?? 0, all: progress?.all ?? '…' })
              : w('check.running-rows')}
          </View>
          <View className="check__track">
            <View
              className="check__bar"
              style={{ width: `${progress === undefined ? 2 : Math.round((100 * progress.done) / progress.all)}%` }}
            />
          </View>
        </Card>
      ) : check.failure !== undefined ? (
        <Failed id="check-retry" failure={check.failure} onRetry={() => check.run()} />
      ) : (
        <Button
          id="check-start"
          kind={result === undefined ? 'primary' : 'tint'}
          text={w(result === undefined ? 'check.start' : 'check.again')}
          onPress={() => check.run()}
        />
      )}
      <View className="check__limits sub">{w('check.limits')}</View>
    </Screen>
  );
}

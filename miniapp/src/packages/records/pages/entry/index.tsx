import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import type { EntryDetailReply } from '../../../../../../shared/api/records';
import { CHINA_OFFSET_MINUTES } from '../../../../../../shared/time';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Press } from '../../../../components/press';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Notice } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { entryTitle, movesMoney } from '../../../../lib/entry-text';
import { go } from '../../../../lib/go';
import { disputable } from '../../../../lib/money-services';
import { grouped } from '../../../../lib/money-text';
import { useApp } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { recordsApi } from '../../api';
import { host } from '../../host';
import { useWords } from '../../i18n';
import { type ReceiptRow, receiptRows, receiptText } from '../../lib/receipt';
import './entry.scss';

/** One entry, and the receipt of it. */
export default function EntryPage() {
  const { w } = useWords();
  const n = Number(useRouter().params.n ?? '');
  const load = useLoad(() => recordsApi.entry(n), String(n));
  return (
    <Screen title={w('entry.title')}>
      {!Number.isSafeInteger(n) || n < 1 ? (
        <Empty text={w('entry.missing')} />
      ) : load.data !== undefined ? (
        <Receipt detail={load.data} />
      ) : load.failure !== undefined ? (
        <Failed id="entry-retry" failure={load.failure} onRetry={load.reload} />
      ) : (
        <Loading rows={6} />
      )}
    </Screen>
  );
}

function Receipt({ detail }: { readonly detail: EntryDetailReply }) {
  const words = useWords();
  const { w, lang } = words;
  const pack = useApp((state) => state.pack);
  const zone = pack?.utcOffsetMinutes ?? CHINA_OFFSET_MINUTES;
  const { entry } = detail;
  // What was copied last, or why it was not; one sentence at a time.
  const [said, setSaid] = useState<{ readonly tone: 'good' | 'warn'; readonly text: string }>();

  const copy = useAction<ReceiptRow>(async ({ copy: text = '', label }) => {
    const copied = await host.copy(text);
    setSaid(copied ? { tone: 'good', text: `${label} · ${w('entry.copied')}` } : { tone: 'warn', text: w('entry.not-copied') });
  });
  const share = useAction(async () => {
    const text = receiptText(detail, words, { name: pack?.name ?? { zh: '', en: '' }, utcOffsetMinutes: zone });
    if (host.share !== undefined && (await host.share(text))) return setSaid({ tone: 'good', text: w('entry.shared') });
    const copied = await host.copy(text);
    setSaid(copied ? { tone: 'good', text: w('entry.shared-by-copy') } : { tone: 'warn', text: w('entry.not-copied') });
  });

  const related = [
    ...(detail.reversesN === null ? [] : [{ n: detail.reversesN, label: w('entry.reverses') }]),
    ...detail.reversedByN.map((n) => ({ n, label: w('entry.reversed-by') })),
  ];
  return (
    <>
      <Card className="receipt">
        <View className="receipt__title" id="entry-title">
          {entryTitle(entry, words)}
        </View>
        {movesMoney(entry) ? (
          <View id="entry-amount" className={entry.amountFen > 0 ? 'receipt__amount receipt__amount--in num' : 'receipt__amount num'}>
            {entry.amountFen < 0 ? '−' : '+'}
            {grouped(entry.amountFen)}
          </View>
        ) : (
          <View className="sub">{w('entry.no-money')}</View>
        )}
        <View className="sub num">{fullInstant(entry.recordedAt, lang, zone)}</View>
        {detail.reversedByN.length > 0 ? (
          <View id="entry-reversed" className="receipt__reversed">
            {w('entry.reversed')}
          </View>
        ) : null}
      </Card>
      <Card className="facts">
        {receiptRows(detail, words, zone).map((row) => (
          <View key={row.id} id={`fact-${row.id}`} className="facts__row">
            <View className="facts__label">{row.label}</View>
            <View className="facts__value num">
              {row.value.split('\n').map((line) => (
                <View key={line}>{line}</View>
              ))}
              {row.hint === undefined ? null : <View className="sub">{row.hint}</View>}
            </View>
            {row.copy === undefined ? null : (
              <Press id={`copy-${row.id}`} className="facts__copy" label={`${w('entry.copy')} ${row.label}`} onPress={() => copy.run(row)}>
                {w('entry.copy')}
              </Press>
            )}
          </View>
        ))}
      </Card>
      {related.length === 0 ? null : (
        <Card>
          {related.map(({ n, label }) => (
            <Cell
              key={n}
              id={`related-${n}`}
              label={label}
              value={w('entry.n-value', { n })}
              onPress={() => go('entry', { n: String(n) })}
            />
          ))}
        </Card>
      )}
      {said === undefined ? null : <Notice id="entry-said" tone={said.tone} text={said.text} />}
      <Button id="entry-share" text={w('entry.share')} onPress={() => share.run()} busy={share.busy} />
      {disputable(entry) && detail.reversedByN.length === 0 ? (
        <Button
          id="entry-dispute"
          kind="tint"
          text={w('entry.dispute')}
          onPress={() => go('dispute', { n: String(entry.n), what: entryTitle(entry, words), fen: grouped(entry.amountFen) })}
        />
      ) : null}
    </>
  );
}

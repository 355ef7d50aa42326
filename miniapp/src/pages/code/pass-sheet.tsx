import { View } from '@tarojs/components';
import { useState } from 'react';
import { asFailure, type Failure } from '../../api/failure';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { Refusal } from '../../components/states';
import { useText } from '../../i18n';
import { instantMs, shortInstant } from '../../lib/dates';
import { yuan } from '../../lib/money-text';
import { markDone, type NextPass, nextPass, type PassBook } from '../../lib/pass-book';
import { setApp, useApp } from '../../state/app-state';
import { loadPasses } from '../../state/services';
import { PassSymbol } from './pass-symbol';
import './pass-sheet.scss';

/** For a till without network: the next unused pass, which works without network here too. */
export function PassSheet({ now }: { readonly now: number }) {
  const book = useApp((state) => state.passBook);
  const next = book === null ? undefined : nextPass(book, now);
  return book === null || next === undefined ? <NoPass book={book} now={now} /> : <ShownPass book={book} next={next} now={now} />;
}

function ShownPass({ book, next, now }: { readonly book: PassBook; readonly next: NextPass; readonly now: number }) {
  const { t, lang } = useText();
  const facts = [
    { label: t('pass.left'), value: t('pass.left-count', { count: next.left }) },
    { label: t('pass.each'), value: yuan(book.ceilingFen) },
    { label: t('pass.until'), value: shortInstant(book.validUntil, now, lang) },
  ];
  return (
    <View className="pass" id="pass-sheet">
      <View className="pass__title">{t('pass.title')}</View>
      <View className="pass__lead">{t('pass.once')}</View>
      <PassSymbol key={next.index} id="pass-qr" digits={next.digits} />
      <View id="pass-left" className="pass__facts">
        {facts.map(({ label, value }) => (
          <View key={label} className="pass__fact">
            <View className="pass__label">{label}</View>
            <View className="pass__value num">{value}</View>
          </View>
        ))}
      </View>
      <View className="pass__act">
        <Button
          id="pass-done"
          text={t(next.left === 1 ? 'pass.done-last' : 'pass.done')}
          onPress={() => setApp({ passBook: markDone(book, next.index) })}
        />
      </View>
    </View>
  );
}

/** None yet, none any more, or none in time: each says why, and what to do. */
function NoPass({ book, now }: { readonly book: PassBook | null; readonly now: number }) {
  const { t } = useText();
  const rules = useApp((state) => state.pack?.passes);
  const [failure, setFailure] = useState<Failure>();
  const [asking, setAsking] = useState(false);
  const prepare = () => {
    setFailure(undefined);
    setAsking(true);
    loadPasses()
      .catch((reason: unknown) => setFailure(asFailure(reason)))
      .finally(() => setAsking(false));
  };
  const why = book === null ? 'new' : now > instantMs(book.validUntil) ? 'over' : 'used';
  return (
    <View className="pass pass--none" id="pass-none">
      <View className="pass__icon">
        <Icon name={why === 'new' ? 'offline' : why === 'over' ? 'clock' : 'check'} size={26} />
      </View>
      <View className="pass__title">{t(why === 'new' ? 'pass.title' : why === 'over' ? 'pass.over' : 'pass.used-up')}</View>
      <View className="pass__lead">{t(why === 'new' ? 'pass.prepare-hint' : why === 'over' ? 'pass.over-hint' : 'pass.used-up-hint')}</View>
      {why !== 'new' || rules === undefined ? null : (
        <View className="pass__terms">
          <View className="pass__term num">
            {t('pass.offer', { count: rules.tokens, ceiling: yuan(rules.ceilingFen), hours: rules.windowHours })}
          </View>
          <View className="pass__term num">{t('pass.reserve', { amount: yuan(rules.envelopeFen) })}</View>
        </View>
      )}
      <View className="pass__act">
        <Refusal id="pass-failed" failure={failure} />
        <Button
          id="pass-prepare"
          text={t(failure !== undefined ? 'state.retry' : why === 'new' ? 'pass.prepare' : 'pass.prepare-again')}
          busy={asking}
          onPress={prepare}
        />
      </View>
    </View>
  );
}

import { View } from '@tarojs/components';
import { fingerprint } from '../../../../../../shared/passbook/signed-head';
import { toIso } from '../../../../../../shared/time';
import { Card } from '../../../../components/card';
import { Icon } from '../../../../components/icon';
import { fullInstant } from '../../../../lib/dates';
import { aria } from '../../../../platform/aria';
import { useWords } from '../../i18n';
import type { CheckResult } from '../../lib/check-book';
import { hashText } from '../../lib/receipt';
import './check.scss';

const FAULTS_SHOWN = 20;

interface Props {
  readonly result: CheckResult;
  readonly month: string;
  readonly zone: number;
}

/** What the walk proved, in figures that can be compared; or what it found. */
export function Verdict({ result, month, zone }: Props) {
  const { w, lang } = useWords();
  const { faults, head, since } = result;
  const good = faults.length === 0;
  const time = (at: number) => fullInstant(toIso(at, zone), lang, zone);
  const facts: readonly { readonly id: string; readonly label: string; readonly value: string; readonly hint?: string }[] = [
    {
      id: 'range',
      label: w('check.range'),
      value: w('check.range-value', { from: result.from, to: result.to, count: result.count }),
    },
    { id: 'as-of', label: w('check.as-of'), value: time(head.signedAt) },
    { id: 'signed', label: w('check.signed'), value: w('check.signed-value', { id: head.keyId }) },
    { id: 'key', label: w('check.key'), value: fingerprint(head.publicKey), hint: w('check.key-hint') },
    { id: 'head', label: w('check.head'), value: hashText(head.hash) },
    { id: 'rows', label: w('check.rows'), value: w('check.rows-value', { month, count: result.rows.length }) },
    {
      id: 'before',
      label: w('check.before'),
      value: since === undefined ? w('check.before-first') : w('check.before-same', { time: time(since.signedAt), n: since.n }),
    },
  ];
  return (
    <>
      <Card id={good ? 'check-good' : 'check-bad'} className="verdict">
        <View className={good ? 'verdict__mark' : 'verdict__mark verdict__mark--bad'}>
          <Icon name={good ? 'check' : 'warning'} size={26} />
        </View>
        <View className="verdict__text" {...aria({ role: 'alert' })}>
          {w(good ? 'check.good' : 'check.bad')}
        </View>
        {good ? null : <View className="sub">{w('check.bad-hint')}</View>}
      </Card>
      {good ? null : (
        <Card>
          {faults.slice(0, FAULTS_SHOWN).map(({ n, fault }) => (
            <View key={`${n}-${fault}`} className="verdict__fault">
              <View className="strong num">{n === undefined ? '' : w('check.fault-at', { n })}</View>
              <View>{w(`fault.${fault}`)}</View>
            </View>
          ))}
          {faults.length > FAULTS_SHOWN ? (
            <View className="sub">{w('check.more-faults', { count: faults.length - FAULTS_SHOWN })}</View>
          ) : null}
        </Card>
      )}
      <Card className="proved">
        {facts
          // A book that did not pass has no rows that are "as in the passbook", nor is it "the same book".
          .filter(({ id }) => good || (id !== 'rows' && id !== 'before'))
          .map(({ id, label, value, hint }) => (
            <View key={id} id={`check-${id}`} className="proved__row">
              <View className="proved__label">{label}</View>
              <View className="proved__value num">
                {value}
                {hint === undefined ? null : <View className="sub">{hint}</View>}
              </View>
            </View>
          ))}
      </Card>
    </>
  );
}

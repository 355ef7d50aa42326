import { View } from '@tarojs/components';
import type { Fen } from '../../../../../shared/money';
import { Card } from '../../../components/card';
import { Icon } from '../../../components/icon';
import { Money } from '../../../components/money';
import './outcome.scss';

interface Props {
  readonly id: string;
  readonly tone: 'good' | 'waiting' | 'bad';
  readonly title: string;
  readonly hint?: string;
  readonly amountFen?: Fen;
}

const ICONS = { good: 'check', waiting: 'clock', bad: 'warning' } as const;

/** What became of a deed: done, not yet known, or refused. */
export function Outcome({ id, tone, title, hint, amountFen }: Props) {
  return (
    <Card className="outcome">
      <View className={`outcome__icon outcome__icon--${tone}`}>
        <Icon name={ICONS[tone]} size={30} />
      </View>
      <View id={id} className="outcome__title">
        {title}
      </View>
      {amountFen === undefined ? null : <Money amountFen={amountFen} size="xl" />}
      {hint === undefined ? null : (
        <View id={`${id}-hint`} className="outcome__hint">
          {hint}
        </View>
      )}
    </Card>
  );
}

import { Text, View } from '@tarojs/components';
import { type Fen, fen, formatYuan } from '../../../shared/money';
import { useText } from '../i18n';
import { type AmountRules, judgeAmount } from '../lib/amount-input';
import { presetText, yuan } from '../lib/money-text';
import { Card } from './card';
import { Press } from './press';
import './amount-field.scss';

interface Props {
  /** Ids: `${id}-amount`, `${id}-limit`, `${id}-preset-{fen}`. */
  readonly id: string;
  readonly label: string;
  readonly typed: string;
  readonly rules: AmountRules;
  readonly onType: (typed: string) => void;
  readonly presetsFen?: readonly Fen[];
  /** What the amount would lead to, once there is one. */
  readonly after?: string;
  /** Said where nothing is wrong, instead of the cap. */
  readonly limit?: string;
}

/** The amount as it is typed on the keypad below, its cap before anything is pressed, and the school's presets. */
export function AmountField({ id, label, typed, rules, onType, presetsFen = [], after, limit }: Props) {
  const { t } = useText();
  const verdict = judgeAmount(typed, rules);
  const wrong = verdict.kind === 'above' || verdict.kind === 'below';
  const cap = rules.maxFen === undefined ? undefined : yuan(fen(rules.maxFen));
  const limitText =
    verdict.kind === 'below'
      ? t('topup.min', { amount: yuan(fen(rules.minFen)) })
      : cap === undefined
        ? (limit ?? '')
        : verdict.kind === 'above'
          ? t('topup.above', { amount: cap })
          : (limit ?? t('topup.max', { amount: cap }));
  return (
    <Card>
      <View className="h">{label}</View>
      <View className="amount num">
        <Text className="amount__sign">¥</Text>
        {typed === '' ? (
          <View className="amount__none">{t('topup.enter')}</View>
        ) : (
          <View id={`${id}-amount`} className="amount__digits">
            {typed}
          </View>
        )}
        <View className="amount__caret" />
      </View>
      <View className="row num">
        <View id={`${id}-limit`} className={wrong ? 'sub amount__wrong' : 'sub'}>
          {limitText}
        </View>
        <View className="sub amount__after">{verdict.kind === 'ok' ? after : ''}</View>
      </View>
      {presetsFen.length === 0 ? null : (
        <View className="presets num">
          {[...presetsFen]
            .sort((a, b) => a - b)
            .map((preset) => {
              const on = verdict.kind === 'ok' && verdict.amountFen === preset;
              return (
                <Press
                  key={preset}
                  id={`${id}-preset-${preset}`}
                  className={on ? 'presets__item presets__item--on' : 'presets__item'}
                  checked={on}
                  onPress={() => onType(preset % 100 === 0 ? presetText(preset) : formatYuan(preset))}
                >
                  {t('topup.preset', { amount: presetText(preset) })}
                </Press>
              );
            })}
        </View>
      )}
    </Card>
  );
}

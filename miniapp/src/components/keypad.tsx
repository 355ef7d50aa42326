import { View } from '@tarojs/components';
import { useText } from '../i18n';
import type { AmountKey } from '../lib/amount-input';
import { Icon } from './icon';
import { Press } from './press';
import './keypad.scss';

const DIGITS: readonly AmountKey[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

interface Props {
  readonly onKey: (key: AmountKey) => void;
  readonly submit: string;
  readonly onSubmit: () => void;
  readonly disabled: boolean;
  readonly busy: boolean;
  readonly submitId?: string;
}

/** Number keys for an amount, with the deed beside them: no system keyboard covers the page. */
export function Keypad({ onKey, submit, onSubmit, disabled, busy, submitId = 'topup-submit' }: Props) {
  const { t } = useText();
  const digit = (key: AmountKey, wide = '') => (
    <Press
      key={key}
      id={key === '.' ? 'key-dot' : `key-${key}`}
      className={`keypad__key num ${wide}`}
      label={key}
      onPress={() => onKey(key)}
    >
      {key}
    </Press>
  );
  return (
    <>
      <View className="keypad-room" />
      <View className="keypad">
        <View className="keypad__digits">
          {DIGITS.map((key) => digit(key))}
          {digit('.')}
          {digit('0')}
          <Press id="key-back" className="keypad__key" label={t('keypad.back')} onPress={() => onKey('back')}>
            <Icon name="back-key" size={24} />
          </Press>
        </View>
        <Press
          id={submitId}
          className={disabled ? 'keypad__ok keypad__ok--off' : 'keypad__ok'}
          label={submit}
          disabled={disabled || busy}
          onPress={onSubmit}
        >
          {busy ? t('state.working') : submit}
        </Press>
      </View>
    </>
  );
}

import { Input, View } from '@tarojs/components';
import { inputLabel } from '../platform/aria';
import './field.scss';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly secret?: boolean;
  readonly digits?: boolean;
  readonly maxLength?: number;
  readonly onDone?: () => void;
}

/** A labelled line of a form. */
export function Field({ id, label, value, onChange, placeholder = '', secret = false, digits = false, maxLength = 64, onDone }: Props) {
  return (
    <View className="field">
      <View className="field__label">{label}</View>
      <Input
        id={id}
        name={id}
        className="field__input"
        value={value}
        password={secret}
        type={digits ? 'number' : 'text'}
        maxlength={maxLength}
        placeholder={placeholder}
        placeholderClass="field__placeholder"
        {...inputLabel(label)}
        onInput={(event) => onChange(String(event.detail.value))}
        onConfirm={onDone}
      />
    </View>
  );
}

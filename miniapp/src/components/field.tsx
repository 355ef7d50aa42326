import { Input, View } from '@tarojs/components';
import { plainEntry } from '../lib/half-width';
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

const PASTED_SPACES = 6;

/** A labelled line of a form. What is typed into one of digits, or into a password, is told as plain characters without spaces. */
export function Field({ id, label, value, onChange, placeholder = '', secret = false, digits = false, maxLength = 64, onDone }: Props) {
  const plainly = secret || digits;
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
        // Spaces come with what is pasted; they are dropped after the phone has cut the text.
        maxlength={plainly ? maxLength + PASTED_SPACES : maxLength}
        placeholder={placeholder}
        placeholderClass="field__placeholder"
        {...inputLabel(label)}
        onInput={(event) => onChange(plainly ? plainEntry(String(event.detail.value)) : String(event.detail.value))}
        onConfirm={onDone}
      />
    </View>
  );
}

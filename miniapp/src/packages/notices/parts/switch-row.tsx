import { View } from '@tarojs/components';
import { Press } from '../../../components/press';
import './switch-row.scss';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** Something that is told or not. The whole line can be pressed. */
export function SwitchRow({ id, label, hint, on, onChange }: Props) {
  return (
    <Press id={id} role="checkbox" className="switch-row" sum={`${label}, ${hint}`} checked={on} onPress={() => onChange(!on)}>
      <View className="grow">
        <View>{label}</View>
        <View className="sub">{hint}</View>
      </View>
      <View className={on ? 'switch-row__track switch-row__track--on' : 'switch-row__track'}>
        <View className={on ? 'switch-row__knob switch-row__knob--on' : 'switch-row__knob'} />
      </View>
    </Press>
  );
}

import { View } from '@tarojs/components';
import type { StepState } from '../lib/order-timeline';
import './timeline.scss';

interface Props {
  readonly steps: readonly { readonly id: string; readonly label: string; readonly state: StepState; readonly at?: string }[];
}

/** Where the money is: 付款成功 → 待领取 → 校园卡余额. */
export function Timeline({ steps }: Props) {
  return (
    <View className="timeline">
      {steps.map((step, place) => (
        <View key={step.id} id={`step-${step.id}`} className={`timeline__step timeline__step--${step.state}`}>
          {place === 0 ? null : (
            <View className={steps[place - 1]?.state === 'done' ? 'timeline__line timeline__line--done' : 'timeline__line'} />
          )}
          <View className="timeline__dot" />
          <View className="timeline__label">{step.label}</View>
          {step.at === undefined ? null : <View className="sub num">{step.at}</View>}
        </View>
      ))}
    </View>
  );
}

import { View } from '@tarojs/components';
import './steps.scss';

/** What to do, one after the other. */
export function Steps({ steps }: { readonly steps: readonly string[] }) {
  return (
    <View className="steps">
      {steps.map((step, at) => (
        <View key={step} className="steps__step">
          {steps.length === 1 ? null : <View className="steps__number num">{at + 1}</View>}
          <View className="grow">{step}</View>
        </View>
      ))}
    </View>
  );
}

import { View } from '@tarojs/components';

/** A phone's top with the capsule of a mini-program: where to look, without a word. */
export function Menu() {
  return (
    <View className="desktop__phone">
      <View className="desktop__bar" />
      <View className="desktop__capsule">
        <View className="desktop__dots">
          <View className="desktop__dot" />
          <View className="desktop__dot desktop__dot--big" />
          <View className="desktop__dot" />
        </View>
        <View className="desktop__rule" />
        <View className="desktop__ring" />
      </View>
    </View>
  );
}

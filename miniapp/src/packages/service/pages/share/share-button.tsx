import { Button, View } from '@tarojs/components';
import './share-button.scss';

/** The container's own button: nothing else opens its list of friends. */
export function ShareButton({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <Button id={id} className="share-button" openType="share" hoverClass="pressed">
      <View className="share-button__text">{text}</View>
    </Button>
  );
}

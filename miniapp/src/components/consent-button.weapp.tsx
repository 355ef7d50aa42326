import { Button, View } from '@tarojs/components';

interface Props {
  readonly id: string;
  readonly text: string;
  readonly onAgree: () => void;
}

/** WeChat opens its private interfaces (the place of the phone, say) only after a press of this button of its own. */
export function ConsentButton({ id, text, onAgree }: Props) {
  return (
    <Button
      id={id}
      className="button button--large button--primary"
      openType="agreePrivacyAuthorization"
      hoverClass="pressed"
      onAgreePrivacyAuthorization={onAgree}
    >
      <View className="button__text">{text}</View>
    </Button>
  );
}

import { Button } from './button';

interface Props {
  readonly id: string;
  readonly text: string;
  readonly onAgree: () => void;
}

/** Agrees to the privacy policy. */
export function ConsentButton({ id, text, onAgree }: Props) {
  return <Button id={id} text={text} onPress={onAgree} />;
}

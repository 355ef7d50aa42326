import { View } from '@tarojs/components';
import type { Failure } from '../api/failure';
import { useText } from '../i18n';
import { Button } from './button';
import { Sheet } from './sheet';
import { Refusal } from './states';
import './confirm.scss';

interface Props {
  /** Ids of its buttons: `${id}-yes`, `${id}-no`. */
  readonly id: string;
  readonly open: boolean;
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly danger?: boolean;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot simply be taken back. */
export function Confirm({ id, open, title, text, yes, danger = false, busy, failure, onYes, onClose }: Props) {
  const { t } = useText();
  // At work it stays: whoever asked sees what came of it.
  const close = () => {
    if (!busy) onClose();
  };
  return (
    <Sheet open={open} title={title} onClose={close}>
      <View className="confirm__text">{text}</View>
      <Refusal id={`${id}-failure`} failure={failure} />
      <View className="confirm__actions">
        <Button id={`${id}-no`} kind="plain" text={t('state.cancel')} onPress={onClose} disabled={busy} />
        <View className="grow">
          <Button id={`${id}-yes`} kind={danger ? 'danger' : 'primary'} text={yes} onPress={onYes} busy={busy} />
        </View>
      </View>
    </Sheet>
  );
}

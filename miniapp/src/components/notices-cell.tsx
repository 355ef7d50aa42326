import { useText } from '../i18n';
import { go } from '../lib/go';
import { Card } from './card';
import { Cell } from './cell';

/** The way to 通知设置 from where somebody has just seen what a notice is for. */
export function NoticesCell({ id }: { readonly id: string }) {
  const { t } = useText();
  return (
    <Card>
      <Cell id={id} icon="bell" label={t('notices.offer')} hint={t('notices.offer-hint')} onPress={() => go('notice-settings')} />
    </Card>
  );
}

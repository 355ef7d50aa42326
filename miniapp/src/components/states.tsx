import { View } from '@tarojs/components';
import type { Failure } from '../api/failure';
import { useText } from '../i18n';
import { aria } from '../platform/aria';
import { Button } from './button';
import { Icon, type IconName } from './icon';
import './states.scss';

/** Grey shapes where the answer will be. */
export function Loading({ rows = 3 }: { readonly rows?: number }) {
  const { t } = useText();
  return (
    <View className="loading" {...aria({ role: 'alert', label: t('state.loading') })}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes without identity.
        <View key={row} className="loading__row">
          <View className="loading__line" />
          <View className="loading__line loading__line--short" />
        </View>
      ))}
    </View>
  );
}

export function Empty({ icon = 'list', text, hint }: { readonly icon?: IconName; readonly text: string; readonly hint?: string }) {
  return (
    <View className="state">
      <View className="state__icon">
        <Icon name={icon} size={26} />
      </View>
      <View className="state__text">{text}</View>
      {hint === undefined ? null : <View className="sub">{hint}</View>}
    </View>
  );
}

/** What went wrong, in the user's language, and the way to try again. */
export function Failed({ id, failure, onRetry }: { readonly id: string; readonly failure: Failure; readonly onRetry: () => void }) {
  const { t, failureText } = useText();
  return (
    <View className="state" {...aria({ role: 'alert' })}>
      <View className="state__icon state__icon--bad">
        <Icon name={failure.kind === 'offline' ? 'offline' : 'warning'} size={26} />
      </View>
      <View className="state__text" id={`${id}-text`}>
        {failureText(failure)}
      </View>
      <View className="state__action">
        <Button id={id} kind="tint" size="small" text={t('state.retry')} onPress={onRetry} />
      </View>
    </View>
  );
}

/** One line under a form: why the last press was refused. */
export function Refusal({ id, failure }: { readonly id: string; readonly failure: Failure | undefined }) {
  const { failureText } = useText();
  if (failure === undefined) return null;
  return (
    <View id={id} className="notice notice--bad" {...aria({ role: 'alert' })}>
      {failureText(failure)}
    </View>
  );
}

/** A sentence that matters now, in its own colour. */
export function Notice({
  id,
  tone = 'warn',
  text,
}: {
  readonly id?: string;
  readonly tone?: 'warn' | 'bad' | 'good';
  readonly text: string;
}) {
  return (
    <View id={id} className={`notice notice--${tone}`}>
      {text}
    </View>
  );
}

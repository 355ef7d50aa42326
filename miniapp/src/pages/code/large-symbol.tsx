import { View } from '@tarojs/components';
import { useMemo } from 'react';
import { CodeSymbol } from '../../components/code-symbol';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { groupDigits } from '../../lib/code-book';
import './large-symbol.scss';

interface Props {
  readonly of: 'bars' | 'qr';
  readonly bars: readonly (readonly boolean[])[];
  readonly modules: readonly (readonly boolean[])[];
  readonly digits: string;
  readonly onClose: () => void;
}

/** One symbol over the whole screen, for a worn scanner or a cracked phone: bars along the phone's long side, or the QR edge to edge. */
export function LargeSymbol({ of, bars, modules, digits, onClose }: Props) {
  const { t } = useText();
  // Bars one above the other instead of side by side: the same code, turned by a quarter.
  const upright = useMemo(() => (bars[0] ?? []).map((dark) => [dark]), [bars]);
  return (
    <Press id="code-large" className="large-symbol" label={t('code.large-close')} onPress={onClose}>
      {of === 'bars' ? (
        <CodeSymbol
          id="code-large-bars"
          rows={upright}
          width={180}
          height={580}
          quiet={10}
          label={t('code.barcode-label')}
          onDrawn={() => undefined}
        />
      ) : (
        <CodeSymbol
          id="code-large-qr"
          rows={modules}
          width={343}
          height={343}
          quiet={2}
          label={t('code.qr-label')}
          onDrawn={() => undefined}
        />
      )}
      <View className="large-symbol__digits num">{groupDigits(digits)}</View>
      <View className="large-symbol__hint">{t('code.large-close')}</View>
    </Press>
  );
}

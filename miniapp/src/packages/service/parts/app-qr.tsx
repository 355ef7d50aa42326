import { View } from '@tarojs/components';
import { useMemo } from 'react';
import { CodeSymbol } from '../../../components/code-symbol';
import { qrRows } from '../../../lib/qr';
import './app-qr.scss';

interface Props {
  readonly id: string;
  readonly address: string;
  readonly label: string;
  readonly hint: string;
}

/** The address of the app for the camera of another phone. */
export function AppQr({ id, address, label, hint }: Props) {
  const rows = useMemo(() => qrRows(address), [address]);
  return (
    <View className="app-qr">
      <CodeSymbol id={id} rows={rows} width={188} height={188} quiet={4} label={label} onDrawn={() => undefined} />
      <View className="sub">{hint}</View>
    </View>
  );
}

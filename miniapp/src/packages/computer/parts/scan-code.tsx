import { View } from '@tarojs/components';
import { useMemo, useState } from 'react';
import { CodeSymbol } from '../../../components/code-symbol';
import { Press } from '../../../components/press';
import { qrRows } from '../../../lib/qr';
import { host } from '../host';
import type { PaymentChoice } from '../lib/ways';
import { useComputerText } from '../text';
import './scan-code.scss';

/** Where a payer gets the app that scans. */
const DOWNLOADS = { alipay: 'https://mobile.alipay.com/', 'wechat-pay': 'https://weixin.qq.com/' } as const;

/** 手机付款 (ST-67, ST-68): the code, what scans it, and the warning beside it. */
export function ScanCode({ codeUrl, channel }: { readonly codeUrl: string; readonly channel: PaymentChoice['channel'] }) {
  const { c } = useComputerText();
  const [explained, setExplained] = useState(false);
  const rows = useMemo(() => qrRows(codeUrl), [codeUrl]);
  const app = c(`app.${channel}`);
  const { newTab } = host;
  return (
    <View className="scan">
      <View className="scan__code">
        <CodeSymbol id="pc-qr" rows={rows} width={188} height={188} quiet={4} label={c('order.qr')} onDrawn={() => undefined} />
      </View>
      <View className="scan__words">
        <View id="pc-scan" className="scan__lead">
          {c('order.scan', { app })}
        </View>
        <View className="scan__links">
          {newTab === undefined ? null : (
            <Press id="pc-get-app" className="scan__link" onPress={() => newTab()(DOWNLOADS[channel])}>
              {c('order.get', { app })}
            </Press>
          )}
          <Press id="pc-how" className="scan__link" onPress={() => setExplained(!explained)}>
            {c('order.how')}
          </Press>
        </View>
        {explained ? (
          <View id="pc-how-text" className="sub">
            <View>1. {c('order.how-1', { app })}</View>
            <View>2. {c('order.how-2')}</View>
            <View>3. {c('order.how-3')}</View>
          </View>
        ) : null}
        <View id="pc-secret" className="scan__secret">
          {c('order.secret')}
        </View>
      </View>
    </View>
  );
}

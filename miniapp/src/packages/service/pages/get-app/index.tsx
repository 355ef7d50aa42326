import { View } from '@tarojs/components';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Notice } from '../../../../components/states';
import { useApp } from '../../../../state/app-state';
import { host } from '../../host';
import { AppQr } from '../../parts/app-qr';
import { Steps } from '../../parts/steps';
import { useCopy } from '../../parts/use-copy';
import { useServiceText } from '../../text';
import './get-app.scss';

/** How one gets to the app: by its QR code, and by each way that the school's guide prints. */
export default function GetApp() {
  const { s, b } = useServiceText();
  const getApp = useApp((state) => state.pack?.services?.getApp);
  const { said, copy } = useCopy();
  const url = host.address();
  const drawn = getApp?.ways.some(({ qr }) => qr === true) === true;
  return (
    <Screen title={getApp === undefined ? s('get.title') : b(getApp.label)}>
      {said === undefined ? null : <Notice id="get-said" tone="good" text={said} />}
      {getApp?.ways.map(({ title, qr, search, steps }, at) => (
        <Card key={title.zh} id={`get-way-${at + 1}`}>
          <View className="get__title">{b(title)}</View>
          {qr === true && url !== undefined ? <AppQr id="get-qr" address={url} label={s('share.qr')} hint={s('share.scan')} /> : null}
          <Steps steps={steps.map(b)} />
          {search === undefined ? null : (
            <View className="get__copy">
              <Button
                id={`get-search-${at + 1}`}
                kind="tint"
                size="small"
                text={s('get.copy-search', { text: search })}
                onPress={() => copy(search)}
              />
            </View>
          )}
        </Card>
      ))}
      {url === undefined ? null : (
        <Card id="get-scan">
          <View className="get__title">{drawn ? s('get.address') : s('get.scan')}</View>
          {drawn ? null : (
            <>
              <AppQr id="get-qr" address={url} label={s('share.qr')} hint={s('share.scan')} />
              <Steps steps={[s('get.scan-1'), s('get.scan-2')]} />
            </>
          )}
          <View className="get__url sub" id="get-url">
            {url}
          </View>
          <View className="get__copy">
            <Button id="get-copy" kind="tint" size="small" text={s('get.copy')} onPress={() => copy(url)} />
          </View>
        </Card>
      )}
      {getApp === undefined && url === undefined ? (
        <Card id="get-none">
          <Steps steps={[s('get.none')]} />
        </Card>
      ) : null}
    </Screen>
  );
}

import { View } from '@tarojs/components';
import { useShareAppMessage } from '@tarojs/taro';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { Notice } from '../../../../components/states';
import { go } from '../../../../lib/go';
import { useApp } from '../../../../state/app-state';
import { host } from '../../host';
import { AppQr } from '../../parts/app-qr';
import { useCopy } from '../../parts/use-copy';
import { useServiceText } from '../../text';
import { ShareButton } from './share-button';
import './share.scss';

const HOME = '/pages/home/index';

/** 分享达人: the app for a friend, and nothing of its holder. */
export default function Share() {
  const { s, b, t } = useServiceText();
  const pack = useApp((state) => state.pack);
  const { said, copy } = useCopy();
  const app = pack === null ? t('app.name') : b(pack.appName);
  const label = pack?.services?.share?.label;
  const ways = pack?.services?.getApp?.label;
  const url = host.address();
  const { shareSheet } = host;
  useShareAppMessage(() => ({ title: app, path: HOME }));
  return (
    <Screen title={label === undefined ? s('share.title') : b(label)}>
      <Card>
        <View className="share__lead">{s('share.lead', { app })}</View>
        <View className="share__private">{s('share.private')}</View>
        {url === undefined ? null : (
          <>
            <AppQr id="share-qr" address={url} label={s('share.qr')} hint={s('share.scan')} />
            <View className="share__url sub" id="share-url">
              {url}
            </View>
          </>
        )}
      </Card>
      {said === undefined ? null : <Notice id="share-said" tone="good" text={said} />}
      <ShareButton id="share-send" text={s('share.send')} />
      {url === undefined ? null : <Button id="share-copy" text={s('share.copy')} onPress={() => copy(url)} />}
      {url === undefined || shareSheet === undefined ? null : (
        <Button id="share-more" kind="tint" text={s('share.more')} onPress={() => shareSheet({ title: app, url })} />
      )}
      {ways === undefined ? null : (
        <Card>
          <Cell id="share-ways" icon="qr" label={b(ways)} onPress={() => go('get-app')} />
        </Card>
      )}
    </Screen>
  );
}

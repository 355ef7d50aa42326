import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { platform } from '../../../../platform';
import type { Container } from '../../../../platform/contract';
import { useApp } from '../../../../state/app-state';
import { api } from '../../../../state/services';
import { useLoad } from '../../../../state/use-load';
import { host } from '../../host';
import { AppQr } from '../../parts/app-qr';
import { Steps } from '../../parts/steps';
import { useCopy } from '../../parts/use-copy';
import { useServiceText } from '../../text';
import type { ServiceKey } from '../../text/zh';
import './get-app.scss';

/** How one gets to the app: by its QR code, and by each way that the guide of the school named, or else of the bound one, prints. */
export default function GetApp() {
  const { s } = useServiceText();
  const kept = useApp((state) => state.pack) ?? undefined;
  const { school = kept?.schoolId } = useRouter().params;
  const isKept = school === kept?.schoolId;
  const load = useLoad(async () => (school === undefined || isKept ? kept : (await api.school(school)).pack), school ?? '');
  const pack = isKept ? kept : load.data;
  if (pack !== undefined || school === undefined) return <Ways getApp={pack?.services?.getApp} />;
  return (
    <Screen title={s('get.title')}>
      {load.failure === undefined ? <Loading rows={3} /> : <Failed id="get-retry" failure={load.failure} onRetry={load.reload} />}
    </Screen>
  );
}

const HERE = {
  'wechat-mini': 'get.in-wechat',
  'wechat-web': 'get.in-wechat',
  'alipay-mini': 'get.in-alipay',
  'alipay-web': 'get.in-alipay',
  'wecom-mini': undefined,
  'wecom-web': undefined,
  plain: 'get.in-browser',
} as const satisfies Record<Container, ServiceKey | undefined>;

type GetAppWays = NonNullable<RulePack['services']>['getApp'];

function Ways({ getApp }: { readonly getApp: GetAppWays }) {
  const { s, b } = useServiceText();
  const here = HERE[platform.container()];
  const { said, copy } = useCopy();
  const url = host.address();
  const drawn = getApp?.ways.some(({ qr }) => qr === true) === true;
  return (
    <Screen title={getApp === undefined ? s('get.title') : b(getApp.label)}>
      {said === undefined ? null : <Notice id="get-said" tone="good" text={said} />}
      {getApp?.ways.map(({ title, qr, search, steps, within }, at) => (
        <Card key={title.zh} id={`get-way-${at + 1}`}>
          <View className="get__title">{b(title)}</View>
          {qr === true && url !== undefined ? <AppQr id="get-qr" address={url} label={s('share.qr')} hint={s('share.scan')} /> : null}
          {within === undefined || here === undefined ? null : (
            <Notice id={`get-within-${at + 1}`} text={s('get.within-wecom', { here: s(here) })} />
          )}
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

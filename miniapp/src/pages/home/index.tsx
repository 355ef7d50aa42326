import Taro, { useDidShow, usePullDownRefresh } from '@tarojs/taro';
import { useEffect, useRef, useState } from 'react';
import { Confirm } from '../../components/confirm';
import { OpenElsewhere } from '../../components/entrance';
import { Screen } from '../../components/screen';
import { Failed, Loading } from '../../components/states';
import { useText } from '../../i18n';
import { startAt } from '../../lib/go';
import { platform } from '../../platform';
import { useApp } from '../../state/app-state';
import { countUnread, leave, loadAccount } from '../../state/services';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { HomeBanners } from './banners';
import { CardSection } from './card-section';
import { Face } from './face';
import { RecentSection } from './recent-section';
import { ServicesSection } from './services-section';
import { WalletSection } from './wallet-section';

export default function Home() {
  const text = useText();
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const live = useApp((state) => state.accountIsLive);
  const load = useLoad(loadAccount, 'account');
  const [switching, setSwitching] = useState(false);
  const unbind = useAction(async () => {
    await leave();
    startAt('schools');
  });

  const shownOnce = useRef(false);
  useDidShow(() => {
    // The first showing is the first load; coming back from another screen asks again.
    if (shownOnce.current) load.reload();
    shownOnce.current = true;
  });
  useEffect(() => {
    if (load.data !== undefined) countUnread();
  }, [load.data]);
  usePullDownRefresh(() => load.reload());
  useEffect(() => {
    if (!load.loading) Taro.stopPullDownRefresh();
  }, [load.loading]);

  // Whoever is bound to nothing, or agreed to nothing, may look at the schools.
  const unbound = load.failure?.code === 'auth.bind-required' || (load.failure?.kind === 'no-consent' && account === null);
  useEffect(() => {
    // In WeChat Work the school is known: the first time leads to its registration (SQ-04).
    const school = platform.openedBy();
    if (unbound && school !== undefined) startAt('bind', { school });
    else if (unbound) startAt('schools');
  }, [unbound]);

  if (account === null || pack === null || pack.schoolId !== account.schoolId) {
    return (
      <Screen title={text.t('home.title')} root>
        {load.failure === undefined || unbound ? (
          <Loading rows={4} />
        ) : load.failure.kind === 'no-container' ? (
          <OpenElsewhere onRetry={load.reload} />
        ) : (
          <Failed id="home-retry" failure={load.failure} onRetry={load.reload} />
        )}
      </Screen>
    );
  }
  return (
    <Screen title={text.b(pack.appName)} root>
      <Face account={account} pack={pack} onSwitch={() => setSwitching(true)} />
      <HomeBanners account={account} pack={pack} />
      <CardSection account={account} pack={pack} live={live} failed={load.failure !== undefined} onRefresh={load.reload} />
      {pack.wallet.offered ? <WalletSection account={account} pack={pack} /> : null}
      <RecentSection account={account} pack={pack} />
      <ServicesSection pack={pack} />
      <Confirm
        id="switch"
        open={switching}
        title={text.t('home.switch-title')}
        text={text.t('home.switch-text')}
        yes={text.t('home.switch-yes')}
        busy={unbind.busy}
        failure={unbind.failure}
        onYes={() => unbind.run()}
        onClose={() => setSwitching(false)}
      />
    </Screen>
  );
}

import { useState } from 'react';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Screen } from '../../../../components/screen';
import { Failed, Loading } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go, startAt } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { setApp, useApp } from '../../../../state/app-state';
import { leave, loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useManageText } from '../../text';

export default function Account() {
  const { t, b, m, lang } = useManageText();
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const load = useLoad(loadAccount, 'account');
  const label = pack?.services?.accountLabel;
  const title = label === undefined ? m('account.title') : b(label);
  const [leaving, setLeaving] = useState(false);
  const unbind = useAction(async () => {
    await leave();
    startAt('schools');
  });

  if (account === null || pack === null) {
    return (
      <Screen title={title}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="account-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  const { balances } = account;
  return (
    <Screen title={title}>
      <Card>
        <Cell id="account-school" label={m('account.school')} value={b(pack.name)} />
        <Cell id="account-name" label={m('account.name')} value={account.name} />
        <Cell id="account-number" label={m('account.number')} value={account.numberMasked} />
      </Card>
      <Card>
        <Cell id="account-card" label={t('home.balance')} value={yuan(balances.cardFen)} />
        {pack.arrival.mode === 'claim' ? (
          <Cell id="account-transit" label={b(pack.arrival.transitLabel)} value={yuan(balances.transitFen)} />
        ) : null}
        <Cell
          id="account-as-of"
          label={t('home.as-of', { time: fullInstant(account.asOf, lang, pack.utcOffsetMinutes) })}
          value={t('state.refresh')}
          onPress={load.reload}
        />
      </Card>
      <Card>
        <Cell id="account-statement" icon="list" label={b(pack.statementLabel)} onPress={() => go('statement')} />
        <Cell id="account-loss" icon="shield" label={t('loss.title')} onPress={() => go('loss')} />
        <Cell id="account-password" icon="lock" label={t('password.title')} onPress={() => go('password')} />
        <Cell id="account-links" icon="link" label={b(pack.linking.status.label)} onPress={() => go('links')} />
        <Cell id="account-apps" icon="phones" label={m('apps.title')} onPress={() => go('apps')} />
        <Cell id="account-places" icon="place" label={m('places.title')} onPress={() => go('places')} />
        <Cell
          id="account-language"
          icon="globe"
          label={m('account.language')}
          value={lang === 'zh' ? '中文' : 'English'}
          onPress={() => setApp({ lang: lang === 'zh' ? 'en' : 'zh' })}
        />
      </Card>
      <Card>
        <Cell id="account-data" icon="lock" label={m('account.data')} onPress={() => go('data')} />
        <Cell id="account-unbind" icon="door" label={m('account.unbind')} onPress={() => setLeaving(true)} />
      </Card>
      <Confirm
        id="unbind"
        open={leaving}
        title={m('account.unbind-title')}
        text={m('account.unbind-text')}
        yes={m('account.unbind-yes')}
        danger
        busy={unbind.busy}
        failure={unbind.failure}
        onYes={() => unbind.run()}
        onClose={() => setLeaving(false)}
      />
    </Screen>
  );
}

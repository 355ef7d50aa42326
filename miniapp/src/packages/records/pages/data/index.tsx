import { View } from '@tarojs/components';
import { useState } from 'react';
import type { MyDataReply } from '../../../../../../shared/api/my-data';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Screen } from '../../../../components/screen';
import { Failed, Loading } from '../../../../components/states';
import { dayOf } from '../../../../lib/dates';
import { go, startAt } from '../../../../lib/go';
import { setApp } from '../../../../state/app-state';
import { leave } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { dataApi } from '../../data-api';
import { useWords } from '../../i18n';
import { CopyCard } from './copy-card';
import { DeleteCard } from './delete-card';
import './data.scss';

/** 我的数据: what this app was agreed to, a copy of what is kept, and its deletion (decision 0028). */
export default function MyData() {
  const { w } = useWords();
  const load = useLoad(dataApi.read, 'my-data');
  const [changed, setChanged] = useState<MyDataReply>();
  const data = changed ?? load.data;
  return (
    <Screen title={w('data.title')}>
      {data === undefined ? (
        load.failure === undefined ? (
          <Loading rows={5} />
        ) : (
          <Failed id="data-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : (
        <>
          <ConsentCard consent={data.consent} />
          <CopyCard />
          <DeleteCard data={data} onChange={setChanged} />
        </>
      )}
    </Screen>
  );
}

/** Withdrawing is as easy as agreeing was: one press and a question, no proof. */
function ConsentCard({ consent }: { readonly consent: MyDataReply['consent'] }) {
  const { w } = useWords();
  const [asking, setAsking] = useState(false);
  const withdraw = useAction(async () => {
    await leave();
    // Asked again before anything is collected again.
    setApp({ consent: null });
    startAt('schools');
  });
  return (
    <Card className="data">
      <View className="strong">{w('data.consent')}</View>
      <View id="data-consent" className="sub">
        {consent === null ? w('data.consent-none') : w('data.consent-text', { day: dayOf(consent.agreedAt), version: consent.policyDay })}
      </View>
      <Cell id="data-policy" icon="shield" label={w('data.policy')} onPress={() => go('privacy')} />
      <Button id="data-withdraw" kind="tint" text={w('data.withdraw')} onPress={() => setAsking(true)} />
      <Confirm
        id="data-withdraw-confirm"
        open={asking}
        title={w('data.withdraw-title')}
        text={w('data.withdraw-text')}
        yes={w('data.withdraw')}
        danger
        busy={withdraw.busy}
        failure={withdraw.failure}
        onYes={() => withdraw.run()}
        onClose={() => setAsking(false)}
      />
    </Card>
  );
}

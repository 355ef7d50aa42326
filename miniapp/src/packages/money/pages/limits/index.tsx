import { View } from '@tarojs/components';
import { useState } from 'react';
import type { LimitsReply } from '../../../../../../shared/api/wallet';
import type { Fen } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { yuan } from '../../../../lib/money-text';
import { useLoad } from '../../../../state/use-load';
import { type LimitName, moneyApi } from '../../money-api';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { ChangeLimit } from './change-limit';

const LIMITS: readonly LimitName[] = ['perTransactionFen', 'perMealPeriodFen', 'perDayFen'];

/** 限额 (DL-23, SJ-info-1061): what is in force, whose it is, and the holder's own within the school's. */
export default function Limits() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('limits.title')} retryId="limits-account-retry">
      {({ pack }) => <LimitsScreen pack={pack} />}
    </WithAccount>
  );
}

function LimitsScreen({ pack }: { readonly pack: RulePack }) {
  const { m } = useMoneyText();
  const load = useLoad(moneyApi.limits, 'limits');
  const [changed, setChanged] = useState<LimitsReply>();
  const [changing, setChanging] = useState<LimitName>();
  const [saved, setSaved] = useState(false);
  const limits = changed ?? load.data;
  if (limits === undefined) {
    return (
      <Screen title={m('limits.title')}>
        {load.failure === undefined ? <Loading rows={3} /> : <Failed id="limits-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  if (changing !== undefined) {
    return (
      <ChangeLimit
        name={changing}
        limits={limits}
        pack={pack}
        onChanged={(next) => {
          setChanged(next);
          setSaved(true);
          setChanging(undefined);
        }}
        onBack={() => setChanging(undefined)}
      />
    );
  }
  const said = (amount: Fen | null) => (amount === null ? m('limits.none') : yuan(amount));
  // A school without meals counts none, unless somebody has set a limit of it.
  const shown = LIMITS.filter((name) => name !== 'perMealPeriodFen' || pack.limits.mealPeriods.length > 0 || limits.inForce[name] !== null);
  return (
    <Screen title={m('limits.title')}>
      {saved ? <Notice id="limits-saved" tone="good" text={m('limits.saved')} /> : null}
      <Card>
        {shown.map((name) => (
          <Cell
            key={name}
            id={`limit-${name}`}
            label={m(`limits.${name}`)}
            hint={limits.own[name] === null ? m('limits.school') : m('limits.own', { school: said(limits.school[name]) })}
            value={said(limits.inForce[name])}
            onPress={
              limits.mayChange
                ? () => {
                    setSaved(false);
                    setChanging(name);
                  }
                : undefined
            }
          />
        ))}
      </Card>
      <View className="sub">{m(limits.mayChange ? 'limits.lead' : 'limits.fixed')}</View>
    </Screen>
  );
}

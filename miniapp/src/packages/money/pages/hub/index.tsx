import { useMemo } from 'react';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import type { IconName } from '../../../../components/icon';
import { Screen } from '../../../../components/screen';
import { go } from '../../../../lib/go';
import { type MoneyService, moneyServices } from '../../../../lib/money-services';
import { yuan } from '../../../../lib/money-text';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

const ICONS: Readonly<Record<MoneyService, IconName>> = {
  debt: 'warning',
  transfers: 'list',
  refunds: 'refresh',
  disputes: 'shield',
  limits: 'lock',
  auto: 'refresh',
  'bank-card': 'wallet',
  gifts: 'link',
  'pay-other': 'person',
};

/** 资金服务: what is done with money besides topping up and paying, as far as the school offers it. */
export default function Hub() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('hub.title')} retryId="hub-retry">
      {({ account, pack }) => <HubScreen pack={pack} owed={account.owedFen === undefined ? undefined : yuan(account.owedFen)} />}
    </WithAccount>
  );
}

function HubScreen({ pack, owed }: { readonly pack: RulePack; readonly owed: string | undefined }) {
  const { m } = useMoneyText();
  const groups = useMemo(() => moneyServices(pack, owed !== undefined), [pack, owed]);
  return (
    <Screen title={m('hub.title')}>
      {groups.map((group) => (
        <Card key={group[0]}>
          {group.map((service) => (
            <Cell
              key={service}
              id={`hub-${service}`}
              icon={ICONS[service]}
              label={m(`hub.${service}`)}
              hint={m(`hub.${service}-hint`)}
              value={service === 'debt' ? owed : undefined}
              onPress={() => go(service)}
            />
          ))}
        </Card>
      ))}
    </Screen>
  );
}

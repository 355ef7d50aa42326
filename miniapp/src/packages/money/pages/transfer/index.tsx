import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import { Screen } from '../../../../components/screen';
import type { TransferWay } from '../../../../lib/channels';
import { goInstead } from '../../../../lib/go';
import { type Holder, WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { AmountStage } from './amount-stage';
import { CodeStage } from './code-stage';
import { CardOutcome } from './outcome-stage';
import { type Started, wayLabel } from './ways';

const WAY: Readonly<Record<string, TransferWay>> = { card: 'card', bank: 'bank', wallet: 'wallet' };

/** 卡片充值 from the wallet, 钱包充值 and 银校转账 from the bound card (DL-33…DL-38, ST-31…ST-37): amount, code, where the money is. */
export default function Transfer() {
  const { m } = useMoneyText();
  const { way = '', yuan = '' } = useRouter().params;
  return (
    <WithAccount title={m('transfer.title')} retryId="transfer-account-retry">
      {(holder) => <TransferScreen {...holder} way={WAY[way] ?? 'card'} wished={yuan} />}
    </WithAccount>
  );
}

interface Props extends Holder {
  readonly way: TransferWay;
  readonly wished: string;
}

function TransferScreen({ account, pack, way, wished }: Props) {
  const { b, m } = useMoneyText();
  const [started, setStarted] = useState<Started>();
  const [over, setOver] = useState(false);
  const label = wayLabel(way, pack);
  const title = label === undefined ? m('transfer.title') : b(label);

  const finish = (no: string) => {
    // What the bank pays is an order like any other, and has the page of all orders.
    if (way === 'card') setOver(true);
    else goInstead('order', { no });
  };
  if (started !== undefined && over) return <CardOutcome title={title} no={started.no} pack={pack} />;
  return (
    <Screen title={title}>
      {started === undefined ? (
        <AmountStage
          way={way}
          pack={pack}
          balances={account.balances}
          wished={wished}
          submit={way === 'card' ? b(pack.topUp.submit) : m('transfer.next')}
          onStarted={(next) => {
            setStarted(next);
            if (next.over) finish(next.no);
          }}
        />
      ) : (
        <CodeStage way={way} pack={pack} started={started} onDone={() => finish(started.no)} onBack={() => setStarted(undefined)} />
      )}
    </Screen>
  );
}

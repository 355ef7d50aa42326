import { View } from '@tarojs/components';
import { subtract } from '../../../../../../shared/money';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Money } from '../../../../components/money';
import type { TransferWay } from '../../../../lib/channels';
import { yuan } from '../../../../lib/money-text';
import { CodeStep } from '../../parts/code-step';
import { useMoneyText } from '../../text';
import { type Started, WAYS } from './ways';

interface Props {
  readonly way: TransferWay;
  readonly pack: RulePack;
  readonly started: Started;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** What is about to be paid, and the code that confirms it. Pressed again after a lost answer it is the same transfer. */
export function CodeStage({ way, pack, started, onDone, onBack }: Props) {
  const { b, m } = useMoneyText();
  const bank = pack.bank === undefined ? m('card.title') : b(pack.bank.name);
  const fromWalletFen = subtract(started.amountFen, started.fromBankFen);
  return (
    <>
      <Card>
        <View className="h">{m('transfer.confirm')}</View>
        <Money id="transfer-total" amountFen={started.amountFen} size="xl" />
        {way === 'card' && fromWalletFen > 0 ? (
          <Cell id="transfer-part-wallet" label={b(pack.wallet.label)} value={yuan(fromWalletFen)} />
        ) : null}
        {started.fromBankFen > 0 ? <Cell id="transfer-part-bank" label={bank} value={yuan(started.fromBankFen)} /> : null}
        {started.feeFen > 0 ? <Cell id="transfer-part-fee" label={m('transfer.fee')} value={yuan(started.feeFen)} /> : null}
      </Card>
      <CodeStep
        code={started.code}
        submit={m('code.confirm')}
        onResend={() => WAYS[way].resend(started.no)}
        onConfirm={async (digits) => {
          await WAYS[way].confirm(started.no, digits);
          onDone();
        }}
      />
      <View className="sub">{m('transfer.once')}</View>
      <Button id="transfer-back" kind="plain" text={m('transfer.back')} onPress={onBack} />
    </>
  );
}

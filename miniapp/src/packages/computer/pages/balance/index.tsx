import { View } from '@tarojs/components';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { go } from '../../../../lib/go';
import { useComputerText } from '../../text';

/** 查询余额 (ST-69): a stranger's page tells no balance (docs/decisions/0014-others-pay.md), it leads to where its holder sees it. */
export default function ComputerBalance() {
  const { c } = useComputerText();
  return (
    <Screen title={c('balance.title')}>
      <Card>
        <View id="pc-balance-why" className="strong">
          {c('balance.why')}
        </View>
        <View id="pc-balance-text">{c('balance.text')}</View>
      </Card>
      <Button id="pc-balance-open" text={c('balance.open')} onPress={() => go('get-app')} />
    </Screen>
  );
}

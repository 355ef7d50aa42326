import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { OpenElsewhere } from '../../../../components/entrance';
import { Screen } from '../../../../components/screen';
import { Failed, Loading } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { yuan } from '../../../../lib/money-text';
import { platform } from '../../../../platform';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { PayFor } from '../../parts/pay-for';
import { useMoneyText } from '../../text';

/** What a guest sees who was sent a gift link: school and masked name, and no number, no password, no balance. */
export default function Gift() {
  const { b, m, lang } = useMoneyText();
  const { token = '' } = useRouter().params;
  const load = useLoad(() => moneyApi.gift(token), token);
  const gift = load.data;
  if (gift === undefined) {
    return (
      <Screen title={m('gift.title')}>
        {load.failure === undefined ? <Loading /> : <Failed id="gift-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return (
    <Screen title={m('gift.title')}>
      <Card>
        <Cell id="gift-school" label={m('others.school')} value={b(gift.school)} />
        <Cell id="gift-name" label={m('others.for')} value={gift.nameMasked} />
        <Cell id="gift-until" label={m('gift.until')} value={fullInstant(gift.expiresAt, lang)} />
      </Card>
      {platform.container() === 'plain' ? (
        <OpenElsewhere onRetry={load.reload} />
      ) : (
        <>
          <PayFor
            rules={{ minFen: 1, maxFen: gift.leftFen }}
            limit={m('gift.left', { amount: yuan(gift.leftFen) })}
            order={(wish) => moneyApi.payGift(token, wish)}
          />
          <View className="sub">{m('gift.private')}</View>
        </>
      )}
    </Screen>
  );
}

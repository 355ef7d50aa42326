import { View } from '@tarojs/components';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Empty } from '../../../../components/states';
import { dayOf, dayText } from '../../../../lib/dates';
import { yuan } from '../../../../lib/money-text';
import { serverNow } from '../../../../state/app-state';
import { type Offer, offersOn } from '../../lib/offers';
import { WithPack } from '../../parts/with-pack';
import { type ServiceText, useServiceText } from '../../text';
import './offers.scss';

/** 优惠信息: what the school itself gives. */
export default function Offers() {
  const { s } = useServiceText();
  return (
    <WithPack id="offers" title={s('offers.title')}>
      {(pack) => <OffersScreen pack={pack} />}
    </WithPack>
  );
}

function OffersScreen({ pack }: { readonly pack: RulePack }) {
  const text = useServiceText();
  const label = pack.services?.offers?.label;
  const today = dayOf(new Date(serverNow()).toISOString(), pack.utcOffsetMinutes);
  const offers = offersOn(today, pack);
  return (
    <Screen title={label === undefined ? text.s('offers.title') : text.b(label)}>
      {offers.length === 0 ? (
        <View id="offers-none">
          <Empty icon="tag" text={text.s('offers.none')} hint={text.s('offers.none-hint')} />
        </View>
      ) : null}
      {offers.map((offer, at) => (
        <Card key={offer.title.zh} id={`offer-${at + 1}`}>
          <View className="offers__title">{text.b(offer.title)}</View>
          {linesOf(offer, text).map((line) => (
            <View key={line} className="offers__line">
              {line}
            </View>
          ))}
        </Card>
      ))}
    </Screen>
  );
}

function linesOf(offer: Offer, { s, b, lang }: ServiceText): readonly string[] {
  if (offer.kind === 'told') {
    return [b(offer.text), ...(offer.lastDay === undefined ? [] : [s('offers.until', { day: dayText(offer.lastDay, lang) })])];
  }
  const groups = offer.groups.map((group) => s(`group.${group}`)).join(s('group.join'));
  return [s('offers.first-meal', { amount: yuan(offer.offFen) }), s('offers.groups', { groups }), s('offers.rule')];
}

import { View } from '@tarojs/components';
import type { RulePack } from '../../../../../shared/rule-pack';
import { Icon } from '../../../components/icon';
import { Press } from '../../../components/press';
import { clockText, fullInstant } from '../../../lib/dates';
import { go, goTopUp } from '../../../lib/go';
import { yuan } from '../../../lib/money-text';
import type { ShownNotice } from '../api';
import { amountText, leadOf, lookOf } from '../lib/notice-look';
import { type NoticeText, useNoticeText } from '../text';
import './notice-row.scss';

interface Props {
  readonly notice: ShownNotice;
  readonly pack: RulePack;
}

/** One notice: what happened, what it means, how much, when; pressed, it leads to where that can be seen or changed. */
export function NoticeRow({ notice, pack }: Props) {
  const text = useNoticeText();
  const { n } = text;
  const { icon, tone } = lookOf(notice.kind);
  const title = n(`kind.${notice.kind}`);
  const why = sentence(notice, pack, text);
  const amount = amountText(notice);
  const time = clockText(notice.at, pack.utcOffsetMinutes).slice(0, 5);
  const lead = leadOf(notice);
  const id = `notice-${notice.kind}-${notice.n ?? notice.id}`;
  const inside = (
    <>
      <View className={`notice-row__icon notice-row__icon--${tone}`}>
        <Icon name={icon} size={18} />
        {notice.read ? null : <View className="notice-row__dot" />}
      </View>
      <View className="grow">
        <View className="notice-row__line">
          <View className={notice.read ? 'notice-row__title' : 'notice-row__title strong'}>{title}</View>
          {amount === undefined ? null : (
            <View className={amount.startsWith('+') ? 'notice-row__amount notice-row__amount--in num' : 'notice-row__amount num'}>
              {amount}
            </View>
          )}
        </View>
        <View className="notice-row__line">
          <View className="sub num">{why}</View>
          <View className="notice-row__time sub num">{time}</View>
        </View>
      </View>
    </>
  );
  if (lead === undefined) {
    return (
      <View id={id} className="notice-row">
        {inside}
      </View>
    );
  }
  return (
    <Press
      id={id}
      className="notice-row"
      sum={[notice.read ? '' : n('inbox.new'), title, amount ?? '', why, time].filter((part) => part !== '').join(' ')}
      onPress={() => (lead === 'top-up' ? goTopUp(pack) : go(lead.screen, lead.query))}
    >
      {inside}
    </Press>
  );
}

function sentence(
  { kind, amountFen, expiresAt }: ShownNotice,
  { arrival, utcOffsetMinutes }: RulePack,
  { n, b, lang }: NoticeText,
): string {
  // Each school says in its own words how money is claimed there.
  if (kind === 'claim-waiting') return b(arrival.nextStep);
  const time = expiresAt === null ? '' : fullInstant(expiresAt, lang, utcOffsetMinutes).slice(0, -3);
  return n(`why.${kind}`, { amount: yuan(amountFen), time });
}

import { View } from '@tarojs/components';
import { useShareAppMessage } from '@tarojs/taro';
import { useRef, useState } from 'react';
import type { GiftView } from '../../../../../../shared/api/gifts';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Confirm } from '../../../../components/confirm';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Notice } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { addressOf } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { platform } from '../../../../platform';
import { useAction } from '../../../../state/use-action';
import { usePages } from '../../../../state/use-pages';
import { moneyApi } from '../../money-api';
import { MoneyRow } from '../../parts/money-row';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { NewGift } from './new-gift';

/** 充值链接: what family can top up by, capped and expiring, with what came by each. */
export default function Gifts() {
  const { m, b } = useMoneyText();
  const shared = useRef<GiftView>();
  useShareAppMessage(() => ({
    title: m('gift.share-title'),
    path: shared.current === undefined ? addressOf('home') : addressOf('gift', { token: shared.current.token }),
  }));
  return (
    <WithAccount title={m('hub.gifts')} retryId="gifts-account-retry">
      {({ pack }) => (
        <GiftsScreen
          pack={pack}
          name={b(pack.shortName)}
          onShare={(gift) => {
            shared.current = gift;
          }}
        />
      )}
    </WithAccount>
  );
}

interface Props {
  readonly pack: RulePack;
  readonly name: string;
  readonly onShare: (gift: GiftView) => void;
}

function GiftsScreen({ pack, onShare }: Props) {
  const { m } = useMoneyText();
  const [making, setMaking] = useState(false);
  const pages = usePages(async (cursor) => {
    const { gifts, nextCursor } = await moneyApi.gifts(cursor);
    return { rows: gifts, nextCursor };
  });
  if (making) {
    return (
      <NewGift
        pack={pack}
        onMade={() => {
          setMaking(false);
          pages.restart();
        }}
        onBack={() => setMaking(false)}
      />
    );
  }
  return (
    <Screen title={m('hub.gifts')}>
      <View className="sub">{m('gift.lead')}</View>
      <Button id="gift-new" text={m('gift.new')} onPress={() => setMaking(true)} />
      {pages.rows === undefined ? (
        pages.failure === undefined ? (
          <Loading rows={3} />
        ) : (
          <Failed id="gifts-retry" failure={pages.failure} onRetry={pages.more} />
        )
      ) : pages.rows.length === 0 ? (
        <Empty icon="link" text={m('gift.none')} />
      ) : (
        <>
          {pages.rows.map((gift) => (
            <GiftCard key={gift.token} gift={gift} pack={pack} onShare={onShare} onEnded={pages.restart} />
          ))}
          {pages.hasMore ? <Button id="gifts-more" kind="tint" text={m('list.more')} onPress={pages.more} busy={pages.loading} /> : null}
        </>
      )}
    </Screen>
  );
}

interface CardProps {
  readonly gift: GiftView;
  readonly pack: RulePack;
  readonly onShare: (gift: GiftView) => void;
  readonly onEnded: () => void;
}

function GiftCard({ gift, pack, onShare, onEnded }: CardProps) {
  const { m, lang } = useMoneyText();
  const [told, setTold] = useState<'copied' | 'menu'>();
  const [asking, setAsking] = useState(false);
  const end = useAction(async () => {
    await moneyApi.endGift(gift.token);
    setAsking(false);
    onEnded();
  });
  const share = useAction(async () => {
    onShare(gift);
    const link = platform.linkTo(addressOf('gift', { token: gift.token }));
    setTold(link !== undefined && (await platform.copy(link)) ? 'copied' : 'menu');
  });
  const key = gift.token.slice(-6);
  return (
    <Card className="stack">
      <MoneyRow
        id={`gift-${key}`}
        title={gift.note === '' ? m('gift.row') : gift.note}
        details={[m('gift.until-short', { time: fullInstant(gift.expiresAt, lang, pack.utcOffsetMinutes) })]}
        amount={`${yuan(gift.cameFen)} / ${yuan(gift.maxTotalFen)}`}
        state={m(`gift.${gift.state}`)}
        waits={gift.state === 'open'}
      />
      {gift.state === 'open' ? (
        <View className="row">
          <Button id={`gift-share-${key}`} kind="tint" size="small" text={m('gift.share')} onPress={() => share.run()} />
          <Button id={`gift-end-${key}`} kind="plain" size="small" text={m('gift.end')} onPress={() => setAsking(true)} />
        </View>
      ) : null}
      {told === undefined ? null : <Notice id={`gift-told-${key}`} tone="good" text={m(`gift.${told}`)} />}
      <Confirm
        id={`gift-end-${key}`}
        open={asking}
        title={m('gift.end-title')}
        text={m('gift.end-text')}
        yes={m('gift.end')}
        danger
        busy={end.busy}
        failure={end.failure}
        onYes={() => end.run()}
        onClose={() => setAsking(false)}
      />
    </Card>
  );
}

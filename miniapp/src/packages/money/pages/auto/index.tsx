import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { useRef, useState } from 'react';
import type { AutoTopUpReply } from '../../../../../../shared/api/auto-top-up';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { platform } from '../../../../platform';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { type AutoWish, moneyApi } from '../../money-api';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';
import { Contract } from './contract';
import { Settings } from './settings';

/** 自动充值: a standing contract that tops the card up when little is left. */
export default function Auto() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('hub.auto')} retryId="auto-account-retry">
      {({ pack }) => <AutoScreen pack={pack} />}
    </WithAccount>
  );
}

/** What the platform says of a contract counts; where it cannot be asked now, what we know is shown. */
async function look(): Promise<AutoTopUpReply> {
  const known = await moneyApi.autoTopUp();
  if (known.contract === null || known.contract.state === 'ended') return known;
  return moneyApi.confirmAutoTopUp().catch(() => known);
}

function AutoScreen({ pack }: { readonly pack: RulePack }) {
  const { m } = useMoneyText();
  const load = useLoad(look, 'auto');
  const [answered, setAnswered] = useState<AutoTopUpReply>();
  const [changing, setChanging] = useState(false);
  const [saved, setSaved] = useState(false);
  const lookAgain = () => {
    setAnswered(undefined);
    load.reload();
  };
  // Back from the platform's page of consent.
  const seen = useRef(false);
  useDidShow(() => {
    if (seen.current) lookAgain();
    seen.current = true;
  });
  const reply = answered ?? load.data;
  if (reply === undefined) {
    return (
      <Screen title={m('hub.auto')}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="auto-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  const { choices, contract } = reply;
  const change = async (wish: AutoWish & { readonly isOn: boolean }) => {
    setAnswered(await moneyApi.changeAutoTopUp(wish));
    setChanging(false);
    setSaved(true);
  };
  if (contract?.state === 'signed' && !(changing && choices !== null)) {
    return (
      <Screen title={m('hub.auto')}>
        {saved ? <Notice id="auto-saved" tone="good" text={m('auto.saved')} /> : null}
        <Refusal id="auto-stale" failure={load.failure} />
        <Contract
          contract={contract}
          pack={pack}
          onChange={
            choices === null
              ? undefined
              : () => {
                  setSaved(false);
                  setChanging(true);
                }
          }
          onSwitch={change}
          onEnded={setAnswered}
        />
      </Screen>
    );
  }
  if (choices === null) {
    return (
      <Screen title={m('hub.auto')}>
        <Empty icon="refresh" text={m('auto.not-offered')} />
      </Screen>
    );
  }
  if (contract?.state === 'signed') {
    const { channel, isOn } = contract;
    return (
      <Screen title={m('hub.auto')}>
        <Settings
          choices={choices}
          now={contract}
          channel={channel}
          submit={m('auto.save')}
          onSubmit={(wish) => change({ ...wish, isOn })}
        />
        <Button id="auto-leave" kind="plain" text={m('auto.leave')} onPress={() => setChanging(false)} />
      </Screen>
    );
  }
  return <Unsigned choices={choices} contract={contract} loading={load.loading} onLook={lookAgain} />;
}

interface UnsignedProps {
  readonly choices: NonNullable<AutoTopUpReply['choices']>;
  readonly contract: AutoTopUpReply['contract'];
  readonly loading: boolean;
  readonly onLook: () => void;
}

/** Nothing is agreed yet, or no more. */
function Unsigned({ choices, contract, loading, onLook }: UnsignedProps) {
  const { m } = useMoneyText();
  const [outcome, setOutcome] = useState<'cancelled' | 'unopened'>();
  const own = platform.payChannel();
  const sign = platform.signContract;
  const channel = choices.channels.find((each) => each === own);
  const start = async (wish: AutoWish) => {
    if (sign === undefined) return;
    setOutcome(undefined);
    const { signParams } = await moneyApi.startAutoTopUp(wish);
    const said = await sign(signParams);
    if (said !== 'done') setOutcome(said === 'cancelled' ? 'cancelled' : 'unopened');
    onLook();
  };
  const again = useAction(async () => onLook());
  const isAsked = contract?.state === 'asked';
  return (
    <Screen title={m('hub.auto')}>
      {isAsked ? (
        <>
          <Notice id="auto-asked" text={`${m('auto.asked')}: ${m('auto.asked-text', { channel: m(`auto.${contract.channel}`) })}`} />
          <Button id="auto-check" kind="tint" text={m('auto.check')} onPress={() => again.run()} busy={loading} />
        </>
      ) : null}
      {contract?.state === 'ended' ? (
        <Notice id="auto-ended" text={m(contract.offReason === 'platform' ? 'auto.off-platform' : 'auto.ended')} />
      ) : null}
      {outcome === undefined ? null : <Notice id="auto-outcome" text={m(`auto.${outcome}`)} />}
      {sign === undefined || channel === undefined ? (
        <>
          <Notice
            id="auto-cannot"
            text={
              sign === undefined || (own !== 'wechat-pay' && own !== 'alipay')
                ? m('auto.no-web')
                : m('auto.no-channel', { channel: m(`auto.${own}`) })
            }
          />
          <View className="sub">{m('hub.auto-hint')}</View>
        </>
      ) : (
        <Settings
          choices={choices}
          now={isAsked ? contract : undefined}
          channel={channel}
          submit={m(isAsked ? 'auto.sign-again' : 'auto.sign')}
          onSubmit={start}
        />
      )}
    </Screen>
  );
}

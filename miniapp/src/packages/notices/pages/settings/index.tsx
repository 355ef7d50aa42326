import { View } from '@tarojs/components';
import { useState } from 'react';
import type { NoticeSettingsReply } from '../../../../../../shared/api/notices';
import { Card } from '../../../../components/card';
import { Choice } from '../../../../components/choice';
import { Icon } from '../../../../components/icon';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { presetText } from '../../../../lib/money-text';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { noticesApi } from '../../api';
import { wishOf } from '../../lib/settings-wish';
import { MessageCard } from '../../parts/message-card';
import { SwitchRow } from '../../parts/switch-row';
import { useNoticeText } from '../../text';
import './settings.scss';

/** 通知设置: what the holder is told of, and from which amount on. */
export default function NoticeSettings() {
  const { n } = useNoticeText();
  const load = useLoad(noticesApi.settings, 'notice-settings');
  return (
    <Screen title={n('settings.title')}>
      {load.data !== undefined ? (
        <Settings first={load.data} />
      ) : load.failure === undefined ? (
        <Loading rows={4} />
      ) : (
        <Failed id="notice-settings-retry" failure={load.failure} onRetry={load.reload} />
      )}
    </Screen>
  );
}

/** A press is kept at once. Until the server has answered the page shows what was wished; where it refuses, what it still has. */
function Settings({ first }: { readonly first: NoticeSettingsReply }) {
  const { n } = useNoticeText();
  const [kept, setKept] = useState(first);
  const [wished, setWished] = useState<NoticeSettingsReply>();
  const [saved, setSaved] = useState(false);
  const save = useAction<NoticeSettingsReply>(async (next) => {
    setWished(next);
    setSaved(false);
    try {
      setKept(await noticesApi.save(wishOf(next)));
      setSaved(true);
    } finally {
      setWished(undefined);
    }
  });
  const shown = wished ?? kept;
  const change = (part: Partial<NoticeSettingsReply>) => save.run({ ...shown, ...part });
  const { lowBalance, largeSpend, claimWaiting, refund } = shown;
  return (
    <>
      {largeSpend === null ? null : (
        <Threshold name="large-spend" amounts="settings.from" setting={largeSpend} onChange={(next) => change({ largeSpend: next })} />
      )}
      {lowBalance === null ? null : (
        <Threshold name="low-balance" amounts="settings.below" setting={lowBalance} onChange={(next) => change({ lowBalance: next })} />
      )}
      <Card>
        {claimWaiting === null ? null : (
          <SwitchRow
            id="notice-claim-waiting"
            label={n('settings.claim-waiting')}
            hint={n('settings.claim-waiting-hint')}
            on={claimWaiting.on}
            onChange={(on) => change({ claimWaiting: { on } })}
          />
        )}
        <SwitchRow
          id="notice-refund"
          label={n('settings.refund')}
          hint={n('settings.refund-hint')}
          on={refund.on}
          onChange={(on) => change({ refund: { on } })}
        />
      </Card>
      <MessageCard />
      {save.failure === undefined ? null : (
        <>
          <Refusal id="notice-settings-failure" failure={save.failure} />
          <Notice id="notice-settings-kept" text={n('settings.not-saved')} />
        </>
      )}
      <View className="notice-settings__always" id="notice-settings-always">
        <Icon name="shield" size={18} />
        <View className="notice-settings__always-text">{n('settings.always')}</View>
      </View>
      <View id="notice-settings-said" className="notice-settings__said sub">
        {save.busy ? n('settings.saving') : saved ? n('settings.saved') : ''}
      </View>
    </>
  );
}

type ThresholdSetting = NonNullable<NoticeSettingsReply['lowBalance']>;

interface ThresholdProps {
  readonly name: 'large-spend' | 'low-balance';
  /** How an amount is said as a choice. */
  readonly amounts: 'settings.below' | 'settings.from';
  readonly setting: ThresholdSetting;
  readonly onChange: (setting: ThresholdSetting) => void;
}

/** A switch and, while it is on, the amounts that the school offers. */
function Threshold({ name, amounts, setting, onChange }: ThresholdProps) {
  const { n } = useNoticeText();
  const { on, fen, choicesFen } = setting;
  return (
    <Card>
      <SwitchRow
        id={`notice-${name}`}
        label={n(`settings.${name}`)}
        hint={n(`settings.${name}-hint`)}
        on={on}
        onChange={(next) => onChange({ ...setting, on: next })}
      />
      {on ? (
        <Choice
          idPrefix={`notice-${name}`}
          items={choicesFen.map((choice) => ({ id: String(choice), label: n(amounts, { amount: `¥${presetText(choice)}` }) }))}
          chosen={String(fen)}
          onChoose={(id) => {
            const chosen = choicesFen.find((choice) => String(choice) === id);
            if (chosen !== undefined && chosen !== fen) onChange({ ...setting, fen: chosen });
          }}
        />
      ) : null}
    </Card>
  );
}

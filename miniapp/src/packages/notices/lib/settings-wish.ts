import type { NoticeSettingsReply } from '../../../../../shared/api/notices';
import type { SettingsWish } from '../api';

const NOT_OFFERED = { on: true, fen: 0 };

/** The whole page as it is sent. Of what the school does not offer the server keeps nothing but the switch, and that as if nobody had touched it. */
export function wishOf({ lowBalance, largeSpend, claimWaiting, refund }: NoticeSettingsReply): SettingsWish {
  return {
    lowBalance: threshold(lowBalance),
    largeSpend: threshold(largeSpend),
    claimWaiting: { on: claimWaiting?.on ?? true },
    refund: { on: refund.on },
  };
}

function threshold(setting: NoticeSettingsReply['lowBalance']): SettingsWish['lowBalance'] {
  return setting === null ? NOT_OFFERED : { on: setting.on, fen: setting.fen };
}

import { View } from '@tarojs/components';
import type { AccountReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { Card } from '../../components/card';
import { EntryRow } from '../../components/entry-row';
import { Icon } from '../../components/icon';
import { Press } from '../../components/press';
import { useText } from '../../i18n';
import { shortInstant } from '../../lib/dates';
import { movesMoney } from '../../lib/entry-text';
import { go } from '../../lib/go';
import { serverNow } from '../../state/app-state';
import './recent-section.scss';

/** The last few movements of money; the whole book is one tap further. */
export function RecentSection({ account, pack }: { readonly account: AccountReply; readonly pack: RulePack }) {
  const { t, lang } = useText();
  const entries = account.recent.filter(movesMoney).slice(0, 3);
  return (
    <Card>
      <Press id="home-statement" className="recent__head" sum={`${t('home.recent')} ${t('home.all')}`} onPress={() => go('statement')}>
        <View className="strong">{t('home.recent')}</View>
        <View className="recent__all">
          {t('home.all')}
          <Icon name="chevron" size={14} />
        </View>
      </Press>
      {entries.length === 0 ? (
        <View className="recent__none">
          <View>{t('home.no-recent')}</View>
          <View className="sub">{t('home.no-recent-hint')}</View>
        </View>
      ) : (
        <View>
          {entries.map((entry) => (
            <EntryRow
              key={entry.n}
              entry={entry}
              when={shortInstant(entry.recordedAt, serverNow(), lang, pack.utcOffsetMinutes)}
              onOpen={() => go('entry', { n: String(entry.n) })}
            />
          ))}
        </View>
      )}
    </Card>
  );
}

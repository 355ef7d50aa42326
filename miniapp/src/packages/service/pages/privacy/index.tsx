import { Text, View } from '@tarojs/components';
import { POLICY_DAY } from '../../../../../../shared/privacy-policy';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Screen } from '../../../../components/screen';
import { dayText } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { useApp } from '../../../../state/app-state';
import { privacySections } from '../../lib/privacy';
import { useServiceText } from '../../text';
import './privacy.scss';

/** 隐私政策: readable before anything is bound, and without network. */
export default function Privacy() {
  const { s, b, lang } = useServiceText();
  const pack = useApp((state) => state.pack);
  const bound = useApp((state) => state.bound !== null);
  const [year, day] = [POLICY_DAY.slice(0, 4), dayText(POLICY_DAY, lang)];
  const label = pack?.services?.privacy?.label;
  return (
    <Screen title={label === undefined ? s('privacy.title') : b(label)} isPolicy>
      <Card id="privacy-short">
        <View className="privacy__title">{s('privacy.short-title')}</View>
        <View className="privacy__line">{s('privacy.short')}</View>
        <View className="sub">{s('privacy.version', { day: s('privacy.day', { day, year }) })}</View>
      </Card>
      {privacySections(pack).map(({ id, title, lines }) => (
        <Card key={id} id={`privacy-${id}`}>
          <View className="privacy__title">{s(title)}</View>
          {lines.map((line) => (
            <View key={line} className="privacy__line">
              <Line text={s(line)} />
            </View>
          ))}
        </Card>
      ))}
      {bound ? (
        <Card>
          <Cell id="privacy-data" icon="lock" label={s('privacy.to-data')} onPress={() => go('data')} />
          <Cell id="privacy-account" icon="door" label={s('privacy.to-account')} onPress={() => go('account')} />
          <Cell id="privacy-apps" icon="phones" label={s('privacy.to-apps')} onPress={() => go('apps')} />
          <Cell id="privacy-links" icon="link" label={s('privacy.to-links')} onPress={() => go('links')} />
          <Cell id="privacy-places" icon="place" label={s('privacy.to-places')} onPress={() => go('places')} />
        </Card>
      ) : null}
    </Screen>
  );
}

/** What it is about stands before a colon, and is what the eye looks for. */
function Line({ text }: { readonly text: string }) {
  const [, lead = '', rest = text] = /^([^：:]{1,40}[：:] ?)(.+)$/.exec(text) ?? [];
  return (
    <>
      <Text className="privacy__lead">{lead}</Text>
      <Text>{rest}</Text>
    </>
  );
}

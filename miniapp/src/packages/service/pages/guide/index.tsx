import { View } from '@tarojs/components';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Empty } from '../../../../components/states';
import { go } from '../../../../lib/go';
import { Steps } from '../../parts/steps';
import { WithPack } from '../../parts/with-pack';
import { useServiceText } from '../../text';
import './guide.scss';

/** 用户指南: what a student does, as the school's printed guide says it. */
export default function Guide() {
  const { s } = useServiceText();
  return (
    <WithPack id="guide" title={s('guide.title')}>
      {(pack) => <GuideScreen guide={pack.services?.guide} />}
    </WithPack>
  );
}

function GuideScreen({ guide }: { readonly guide: NonNullable<RulePack['services']>['guide'] }) {
  const { s, b } = useServiceText();
  if (guide === undefined) {
    return (
      <Screen title={s('guide.title')}>
        <Empty icon="book" text={s('guide.none')} />
      </Screen>
    );
  }
  return (
    <Screen title={b(guide.label)}>
      {guide.parts.map(({ title, steps, note, leadsTo }, at) => (
        <Card key={title.zh} id={`guide-${at + 1}`}>
          <View className="guide__title">{b(title)}</View>
          <Steps steps={steps.map(b)} />
          {note === undefined ? null : <View className="guide__note">{s('guide.note', { note: b(note) })}</View>}
          {leadsTo === undefined ? null : (
            <View className="guide__go">
              <Button id={`guide-go-${at + 1}`} kind="tint" size="small" text={s(`go.${leadsTo}`)} onPress={() => go(leadsTo)} />
            </View>
          )}
        </Card>
      ))}
      <View className="guide__issued sub">{s('guide.issued', { issued: b(guide.issued) })}</View>
    </Screen>
  );
}

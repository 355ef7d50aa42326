import { View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useState } from 'react';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Card } from '../../../../components/card';
import { Press } from '../../../../components/press';
import { Screen } from '../../../../components/screen';
import { Empty, Notice } from '../../../../components/states';
import { go } from '../../../../lib/go';
import { host } from '../../host';
import { pageOf } from '../../lib/paging';
import { WithPack } from '../../parts/with-pack';
import { useServiceText } from '../../text';
import { Article } from './article';
import './help.scss';

type HelpList = NonNullable<NonNullable<RulePack['services']>['help']>;

/** The dated articles of the school's help site, a page at a time. */
export default function Help() {
  const { s } = useServiceText();
  return (
    <WithPack id="help" title={s('help.title')}>
      {(pack) => <HelpScreen help={pack.services?.help} />}
    </WithPack>
  );
}

function HelpScreen({ help }: { readonly help: HelpList | undefined }) {
  const { s, b } = useServiceText();
  if (help === undefined || help.articles.length === 0) {
    return (
      <Screen title={help === undefined ? s('help.title') : b(help.label)}>
        <Empty icon="help" text={s('help.none')} />
      </Screen>
    );
  }
  return (
    <Screen title={b(help.label)}>
      <Articles help={help} />
    </Screen>
  );
}

function Articles({ help }: { readonly help: HelpList }) {
  const { s } = useServiceText();
  const [asked, setAsked] = useState(1);
  const [said, setSaid] = useState<'copied' | 'failed'>();
  const { items, page, pages, total } = pageOf(help.articles, { page: asked, perPage: help.perPage });
  const turn = (to: number) => {
    setAsked(to);
    setSaid(undefined);
    Taro.pageScrollTo({ scrollTop: 0, duration: 0 })?.catch?.(() => undefined);
  };
  const open = ({ link }: HelpList['articles'][number]) => {
    if (link.to === 'screen') return go(link.screen);
    host.openPage(link.url).then(
      (came) => setSaid(came === 'opened' ? undefined : came),
      () => setSaid('failed'),
    );
  };
  const turns = [
    { id: 'first', to: 1, off: page === 1 },
    { id: 'previous', to: page - 1, off: page === 1 },
    { id: 'next', to: page + 1, off: page === pages },
    { id: 'last', to: pages, off: page === pages },
  ] as const;
  return (
    <>
      {said === undefined ? null : (
        <Notice
          id="help-said"
          tone={said === 'copied' ? 'good' : 'bad'}
          text={said === 'copied' ? s('page-copied') : s('not-copied', { text: '' })}
        />
      )}
      <Card>
        {items.map((article, at) => (
          <Article
            key={article.title.en}
            id={`help-${(page - 1) * help.perPage + at + 1}`}
            article={article}
            onOpen={() => open(article)}
          />
        ))}
      </Card>
      <View className="help__pages">
        <View id="help-place" className="help__place num">
          {s('help.total', { count: total })} {s('help.place', { page, pages })}
        </View>
        <View className="help__turns">
          {turns.map(({ id, to, off }) => (
            <Press
              key={id}
              id={`help-${id}`}
              className={off ? 'help__turn help__turn--off' : 'help__turn'}
              label={s(`help.${id}`)}
              disabled={off}
              onPress={() => turn(to)}
            >
              {s(`help.${id}`)}
            </Press>
          ))}
        </View>
      </View>
    </>
  );
}

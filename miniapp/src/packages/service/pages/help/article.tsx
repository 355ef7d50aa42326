import { View } from '@tarojs/components';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Press } from '../../../../components/press';
import { dateBadge } from '../../lib/date-badge';
import { useServiceText } from '../../text';

interface Props {
  readonly id: string;
  readonly article: NonNullable<NonNullable<RulePack['services']>['help']>['articles'][number];
  readonly onOpen: () => void;
}

/** Date badge, title, the first sentence, and where it leads. */
export function Article({ id, article, onOpen }: Props) {
  const { s, b, lang } = useServiceText();
  const { month, date, year } = dateBadge(article.date, lang);
  return (
    <Press id={id} className="help__article" sum={`${b(article.title)}, ${month} ${date} ${year}`} onPress={onOpen}>
      <View className="help__date num">
        <View className="help__month">{month}</View>
        <View className="help__day">{date}</View>
        <View className="help__year">{year}</View>
      </View>
      <View className="grow">
        <View className="help__title">{b(article.title)}</View>
        <View className="help__excerpt">{b(article.excerpt)}</View>
        <View className="help__link">{article.link.to === 'screen' ? s('help.in-app') : s('help.on-page')} ›</View>
      </View>
    </Press>
  );
}

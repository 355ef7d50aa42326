import { Input, View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type { SchoolSummary } from '../../../../shared/api/student';
import { OpenElsewhere } from '../../components/entrance';
import { Icon } from '../../components/icon';
import { Press } from '../../components/press';
import { Screen } from '../../components/screen';
import { Empty, Failed, Loading, Notice, Refusal } from '../../components/states';
import { useText } from '../../i18n';
import { go } from '../../lib/go';
import { platform } from '../../platform';
import { inputLabel } from '../../platform/aria';
import type { Place } from '../../platform/contract';
import { setApp, useApp } from '../../state/app-state';
import { api, consent } from '../../state/services';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import './schools.scss';

/** Typing settles before it is asked, so that "shkjdx" is one question and not six. */
const SETTLE_MS = 250;

export default function Schools() {
  const { t, b, lang } = useText();
  const [typed, setTyped] = useState('');
  const [query, setQuery] = useState('');
  const [city, setCity] = useState('');
  const [place, setPlace] = useState<Place>();
  const [lost, setLost] = useState(false);
  const removed = useApp((state) => state.removedElsewhere);
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const near = place === undefined ? '' : `${place.latitude},${place.longitude}`;
  const load = useLoad(() => api.schools({ q: query, city, ...(place ?? {}) }), `${query}|${city}|${near}`);
  // Cities stay while the list below them is narrowed.
  const [cities, setCities] = useState<readonly { zh: string; en: string }[]>([]);
  useEffect(() => {
    if (load.data !== undefined && load.data.cities.length > 0) setCities(load.data.cities);
  }, [load.data]);

  const locate = useAction(async () => {
    await consent.pass(true);
    const found = await platform.locate();
    setPlace(found);
    setLost(found === undefined);
    setCity('');
  });

  if (platform.container() === 'plain') {
    return (
      <Screen title={t('app.name')} root>
        <OpenElsewhere onRetry={load.reload} />
      </Screen>
    );
  }
  return (
    <Screen title={t('schools.title')} root>
      {removed ? <Notice id="schools-removed" text={t('schools.removed')} /> : null}
      <View className="search">
        <Icon name="search" size={20} />
        <Input
          id="school-search"
          name="school-search"
          className="search__input"
          value={typed}
          placeholder={t('schools.search')}
          placeholderClass="search__placeholder"
          confirmType="search"
          maxlength={40}
          {...inputLabel(t('schools.search'))}
          onInput={(event) => setTyped(String(event.detail.value))}
        />
        <Press
          id="school-language"
          className="search__lang"
          label={t('service.language')}
          onPress={() => setApp({ lang: lang === 'zh' ? 'en' : 'zh' })}
        >
          {t('service.language')}
        </Press>
      </View>
      <View className="cities">
        <Chip
          id="school-near"
          text={t(locate.busy ? 'schools.locating' : 'schools.near')}
          on={place !== undefined}
          onPress={() => locate.run()}
          icon
        />
        <Chip
          id="city-all"
          text={t('schools.all-cities')}
          on={city === '' && place === undefined}
          onPress={() => {
            setCity('');
            setPlace(undefined);
          }}
        />
        {cities.map((each) => (
          <Chip
            key={each.zh}
            id={`city-${each.en.toLowerCase().replace(/\W+/g, '-')}`}
            text={b(each)}
            on={city === each.zh}
            onPress={() => {
              setCity(each.zh);
              setPlace(undefined);
            }}
          />
        ))}
      </View>
      <Refusal id="school-near-failure" failure={locate.failure} />
      {lost ? <Notice text={t('schools.no-place')} /> : null}
      {load.failure !== undefined && load.data === undefined ? (
        <Failed id="schools-retry" failure={load.failure} onRetry={load.reload} />
      ) : load.data === undefined ? (
        <Loading rows={4} />
      ) : load.data.schools.length === 0 ? (
        <Empty icon="search" text={t('schools.empty')} hint={t('schools.empty-hint')} />
      ) : (
        <View className="schools">
          {load.data.schools.map((school) => (
            <SchoolRow key={school.schoolId} school={school} />
          ))}
        </View>
      )}
    </Screen>
  );
}

function Chip(props: {
  readonly id: string;
  readonly text: string;
  readonly on: boolean;
  readonly onPress: () => void;
  readonly icon?: boolean;
}) {
  return (
    <Press id={props.id} className={props.on ? 'chip chip--on' : 'chip'} label={props.text} checked={props.on} onPress={props.onPress}>
      {props.icon ? <Icon name="place" size={14} /> : null}
      {props.text}
    </Press>
  );
}

function SchoolRow({ school }: { readonly school: SchoolSummary }) {
  const { b } = useText();
  return (
    <Press
      id={`school-${school.schoolId}`}
      className="school"
      sum={`${b(school.name)} ${b(school.city)}`}
      onPress={() => go('bind', { school: school.schoolId })}
    >
      <View className="school__badge" style={{ background: school.brandColor }}>
        {school.name.zh.slice(0, 1)}
      </View>
      <View className="grow">
        <View className="school__name">{b(school.name)}</View>
        <View className="sub">
          {b(school.shortName)} · {b(school.city)}
        </View>
      </View>
      <View className="school__go">
        <Icon name="chevron" size={14} />
      </View>
    </Press>
  );
}

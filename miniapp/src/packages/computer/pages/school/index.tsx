import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Field } from '../../../../components/field';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading } from '../../../../components/states';
import { go } from '../../../../lib/go';
import { setApp } from '../../../../state/app-state';
import { api } from '../../../../state/services';
import { useLoad } from '../../../../state/use-load';
import { useFocus } from '../../lib/use-focus';
import { useComputerText } from '../../text';
import './school.scss';

/** 选择学校 on a computer (ST-62): by its city, or by what is typed and 找学校. */
export default function ComputerSchool() {
  const { b, c, lang, t } = useComputerText();
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState({ q: '', city: '' });
  const [chosen, setChosen] = useState('');
  const load = useLoad(() => api.schools(asked), `${asked.q}|${asked.city}`);
  // Cities stay while the list beside them is narrowed.
  const [cities, setCities] = useState<readonly { zh: string; en: string }[]>([]);
  useEffect(() => {
    if (load.data !== undefined && load.data.cities.length > 0) setCities(load.data.cities);
  }, [load.data]);
  useFocus('pc-search');
  const ask = (next: { readonly q: string; readonly city: string }) => {
    setAsked(next);
    setChosen('');
  };
  const find = () => ask({ q: typed.trim(), city: '' });
  const pickCity = (city: string) => {
    setTyped('');
    ask({ q: '', city });
  };
  const schools = load.data?.schools ?? [];
  const ready = schools.some(({ schoolId }) => schoolId === chosen);
  return (
    <Screen title={c('school.title')} root>
      <View id="pc-lead" className="sub">
        {c('school.lead')}
      </View>
      <Card className="pc-search">
        <View className="grow">
          <Field
            id="pc-search"
            label={c('school.search')}
            placeholder={c('school.search-hint')}
            value={typed}
            onChange={setTyped}
            onDone={find}
          />
        </View>
        <Button id="pc-find" size="small" kind="tint" text={c('school.find')} onPress={find} />
      </Card>
      <View className="pc-columns">
        <Card id="pc-cities">
          <View className="h">{c('school.city')}</View>
          <RadioRow id="pc-city-all" label={c('school.all')} chosen={asked.city === '' && asked.q === ''} onChoose={() => pickCity('')} />
          {cities.map((city) => (
            <RadioRow
              key={city.zh}
              id={`pc-city-${city.en.toLowerCase().replace(/\W+/g, '-')}`}
              label={b(city)}
              chosen={asked.city === city.zh}
              onChoose={() => pickCity(city.zh)}
            />
          ))}
        </Card>
        <Card id="pc-schools" className="pc-columns__wide">
          <View className="h">{c('school.list')}</View>
          {load.failure !== undefined && load.data === undefined ? (
            <Failed id="pc-schools-retry" failure={load.failure} onRetry={load.reload} />
          ) : load.data === undefined ? (
            <Loading rows={3} />
          ) : schools.length === 0 ? (
            <Empty icon="search" text={c('school.none')} hint={c('school.none-hint')} />
          ) : (
            schools.map((school) => (
              <RadioRow
                key={school.schoolId}
                id={`pc-school-${school.schoolId}`}
                label={b(school.name)}
                hint={b(school.city)}
                chosen={chosen === school.schoolId}
                onChoose={() => setChosen(school.schoolId)}
              />
            ))
          )}
        </Card>
      </View>
      <Button id="pc-start" text={c('school.start')} onPress={() => go('computer-form', { school: chosen })} disabled={!ready} />
      <Button id="pc-lost" kind="tint" text={c('school.lost')} onPress={() => go('computer-lost', { school: chosen })} disabled={!ready} />
      <Button id="pc-records" kind="plain" text={c('school.records')} onPress={() => go('computer-records')} />
      <Button id="pc-language" kind="plain" text={t('service.language')} onPress={() => setApp({ lang: lang === 'zh' ? 'en' : 'zh' })} />
    </Screen>
  );
}

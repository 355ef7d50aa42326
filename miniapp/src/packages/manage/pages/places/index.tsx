import { View } from '@tarojs/components';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading } from '../../../../components/states';
import { groupPlaces } from '../../../../lib/places';
import { useApp } from '../../../../state/app-state';
import { loadAccount } from '../../../../state/services';
import { useLoad } from '../../../../state/use-load';
import { useManageText } from '../../text';
import './places.scss';

/** Machines and desks, as the school lists them. */
export default function Places() {
  const { b, m } = useManageText();
  const pack = useApp((state) => state.pack);
  const load = useLoad(loadAccount, 'account');
  if (pack === null) {
    return (
      <Screen title={m('places.title')}>
        {load.failure === undefined ? <Loading /> : <Failed id="places-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  const groups = groupPlaces(pack.places);
  return (
    <Screen title={m('places.title')}>
      {groups.length === 0 ? <Empty icon="place" text={m('places.empty')} /> : null}
      {groups.map(({ kind, places }) => (
        <Card key={kind} id={`places-${kind}`}>
          <View className="places__kind">{m(`places.${kind}`)}</View>
          {places.map((place) => (
            <View key={`${place.campus?.zh ?? ''}${place.name.zh}`} className="places__place">
              <View className="row">
                <View className="grow">{b(place.name)}</View>
                {place.count === undefined ? null : <View className="sub num">{m('places.count', { count: place.count })}</View>}
              </View>
              {place.campus === undefined ? null : <View className="sub">{b(place.campus)}</View>}
              {place.note === undefined ? null : <View className="sub">{b(place.note)}</View>}
            </View>
          ))}
        </Card>
      ))}
    </Screen>
  );
}

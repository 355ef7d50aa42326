import { View } from '@tarojs/components';
import { useState } from 'react';
import { Button } from '../../../../components/button';
import { Choice } from '../../../../components/choice';
import { Press } from '../../../../components/press';
import { Sheet } from '../../../../components/sheet';
import { useWords } from '../../i18n';
import { kindText } from '../../lib/entry-words';
import { type Filter, KINDS, NO_FILTER, partsSet, withPart } from '../../lib/filter';

interface Props {
  readonly filter: Filter;
  readonly walletOffered: boolean;
  readonly onChange: (filter: Filter) => void;
}

/** In and out with one press; the account and the kind in a sheet. */
export function FilterRow({ filter, walletOffered, onChange }: Props) {
  const words = useWords();
  const { t, w } = words;
  const [open, setOpen] = useState(false);
  const flows = [
    { id: 'all', label: w('filter.all') },
    { id: 'out', label: w('filter.out') },
    { id: 'in', label: w('filter.in') },
  ] as const;
  const pickFlow = (id: (typeof flows)[number]['id']) =>
    onChange(withPart({ ...filter, flow: undefined }, 'flow', id === 'all' ? undefined : id));
  const hidden = partsSet({ kind: filter.kind, place: filter.place });
  const chosenWords = [
    ...(filter.place === undefined ? [] : [w(`filter.${filter.place}`)]),
    ...(filter.kind === undefined ? [] : [kindText(filter.kind, words)]),
  ];
  return (
    <View className="filter">
      <View className="filter__row">
        <Choice idPrefix="flow" items={flows} chosen={filter.flow ?? 'all'} onChoose={pickFlow} />
        <Press
          id="filter-open"
          className={hidden > 0 ? 'filter__open filter__open--on' : 'filter__open'}
          sum={`${w('filter.more')} ${chosenWords.join(' ')}`}
          onPress={() => setOpen(true)}
        >
          {w('filter.more')}
          {hidden > 0 ? ` ${hidden}` : ''}
        </Press>
      </View>
      {chosenWords.length > 0 ? (
        <View className="filter__chosen">
          <View className="grow">{chosenWords.join(' · ')}</View>
          <Press id="filter-clear" className="filter__clear" label={w('filter.clear')} onPress={() => onChange(NO_FILTER)}>
            {w('filter.clear')}
          </Press>
        </View>
      ) : null}
      <Sheet open={open} title={w('filter.title')} onClose={() => setOpen(false)}>
        <View className="filter__groups">
          {walletOffered ? (
            <>
              <View className="filter__head h">{w('filter.place')}</View>
              <Choice
                idPrefix="place"
                items={[
                  { id: 'card', label: w('filter.card') },
                  { id: 'wallet', label: w('filter.wallet') },
                ]}
                chosen={filter.place}
                onChoose={(place) => onChange(withPart(filter, 'place', place))}
              />
            </>
          ) : null}
          <View className="filter__head h">{w('filter.kind')}</View>
          <Choice
            idPrefix="kind"
            items={KINDS.map((kind) => ({ id: kind, label: kindText(kind, words) }))}
            chosen={filter.kind}
            onChoose={(kind) => onChange(withPart(filter, 'kind', kind))}
          />
        </View>
        <Button id="filter-done" text={t('state.done')} onPress={() => setOpen(false)} />
      </Sheet>
    </View>
  );
}

import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { type ReactNode, useEffect, useState } from 'react';
import { AmountField } from '../../../../components/amount-field';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Choice } from '../../../../components/choice';
import { CodeSymbol } from '../../../../components/code-symbol';
import { Confirm } from '../../../../components/confirm';
import { DayBars } from '../../../../components/day-bars';
import { EntryRow } from '../../../../components/entry-row';
import { Field } from '../../../../components/field';
import { Keypad } from '../../../../components/keypad';
import { Money } from '../../../../components/money';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { Sheet } from '../../../../components/sheet';
import { Empty, Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { Timeline } from '../../../../components/timeline';
import { type AmountKey, pressKey } from '../../../../lib/amount-input';
import { qrRows } from '../../../../lib/qr';
import { useApp } from '../../../../state/app-state';
import { AMOUNTS, BARS, entry, FAILURES, LONG, steps } from '../../parts/samples';
import { type GalleryWord, ZH } from '../../parts/words';

const nothing = () => undefined;
const HEX = /^[0-9a-f]{6}$/i;
const KINDS = ['primary', 'tint', 'danger', 'plain'] as const;

/**
 * Every component in every state, in the browser build only (app.config.ts). `?lang=en` and `?color=174a8c&color2=2a68b0` choose;
 * the look and the size of text are the browser's own, as everywhere.
 */
export default function Gallery() {
  const { lang: asked, color, color2 } = useRouter().params;
  const lang = useApp((state) => state.lang);
  useEffect(() => {
    // For this visit: what the phone keeps stays as it is.
    if (asked === 'zh' || asked === 'en') useApp.setState({ lang: asked });
  }, [asked]);
  const brand =
    color !== undefined && HEX.test(color) ? { color: `#${color}`, color2: `#${HEX.test(color2 ?? '') ? color2 : color}` } : undefined;
  const say = (word: GalleryWord): string => (lang === 'zh' ? ZH[word] : word);
  return (
    <Screen title={say('Components')} {...(brand === undefined ? {} : { brand })}>
      <Group title={say('Buttons')}>
        <Buttons say={say} long={LONG[lang]} />
      </Group>
      <Group title={say('Choices')}>
        <Choices say={say} long={LONG[lang]} />
      </Group>
      <Group title={say('Forms')}>
        <Forms say={say} long={LONG[lang]} />
      </Group>
      <Group title={say('Amounts')}>
        <Card className="stack">
          {Object.entries(AMOUNTS).map(([name, amountFen]) => (
            <Money key={name} id={`money-${name}`} amountFen={amountFen} size={name.startsWith('huge') ? 'm' : 'xl'} />
          ))}
        </Card>
      </Group>
      <Group title={say('Lists')}>
        <Lists say={say} long={LONG[lang]} />
      </Group>
      <Group title={say('States')}>
        <States say={say} long={LONG[lang]} />
      </Group>
      <Group title={say('Drawings and codes')}>
        <Card className="stack">
          <DayBars bars={BARS} label={say('Spent each day')} />
          <Timeline
            steps={steps(
              (state) =>
                ({
                  done: say('Paid'),
                  current: say('Waiting to be claimed'),
                  ahead: say('On the card'),
                })[state],
            )}
          />
          <CodeSymbol
            id="gallery-qr"
            rows={qrRows('910000000000000000000000')}
            width={160}
            height={160}
            quiet={4}
            label={say('QR code')}
            onDrawn={nothing}
          />
        </Card>
      </Group>
      <Typing say={say} />
    </Screen>
  );
}

interface Words {
  readonly say: (word: GalleryWord) => string;
  readonly long: string;
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <View className="stack">
      <View className="h">{title}</View>
      {children}
    </View>
  );
}

function Buttons({ say, long }: Words) {
  return (
    <Card className="stack">
      {KINDS.map((kind) => (
        <View key={kind} className="stack">
          <Button id={`button-${kind}`} kind={kind} text={say('Top up')} onPress={nothing} />
          <Button id={`button-${kind}-busy`} kind={kind} size="small" text={say('One moment')} onPress={nothing} busy />
          <Button id={`button-${kind}-off`} kind={kind} size="small" text={say('Not available')} onPress={nothing} disabled />
        </View>
      ))}
      <View className="pressed">
        <Button id="button-pressed" text={say('While it is held')} onPress={nothing} />
      </View>
      <Button id="button-long" text={long} onPress={nothing} />
    </Card>
  );
}

function Choices({ say, long }: Words) {
  const [chosen, setChosen] = useState<'a' | 'b' | 'c'>('a');
  const items = [
    { id: 'a', label: say('Card') },
    { id: 'b', label: say('Wallet') },
    { id: 'c', label: say('All') },
  ] as const;
  return (
    <>
      <Choice idPrefix="chip-page" items={items} chosen={chosen} onChoose={setChosen} />
      <Card>
        <Choice idPrefix="chip-card" items={items} chosen={chosen} onChoose={setChosen} />
        <RadioRow id="radio-on" label={say('Chosen')} chosen onChoose={nothing} />
        <RadioRow id="radio-off" label={say('Not chosen')} chosen={false} onChoose={nothing} hint={long} />
        <RadioRow id="radio-disabled" label={say('Cannot be chosen')} chosen={false} onChoose={nothing} disabled />
      </Card>
      <View style={{ background: 'var(--brand-ground)', padding: '8px', borderRadius: '14px' }}>
        <Choice look="bar" idPrefix="bar" items={items} chosen={chosen} onChoose={setChosen} />
      </View>
    </>
  );
}

function Forms({ say, long }: Words) {
  const [typed, setTyped] = useState('');
  const [asking, setAsking] = useState<'sheet' | 'confirm'>();
  return (
    <Card className="stack">
      <Field id="field-empty" label={say('Name')} placeholder={say('As on the card')} value={typed} onChange={setTyped} />
      <Field id="field-full" label={say('Number')} value="2021000037" onChange={nothing} digits />
      <Field id="field-secret" label={say('Password')} value="000000" onChange={nothing} secret />
      <Field id="field-long" label={long} value={long} onChange={nothing} />
      <Refusal id="field-refused" failure={FAILURES.refused} />
      <Button id="open-sheet" kind="tint" text={say('Open a sheet')} onPress={() => setAsking('sheet')} />
      <Button id="open-confirm" kind="danger" text={say('Open a question')} onPress={() => setAsking('confirm')} />
      <Sheet open={asking === 'sheet'} title={say('A sheet')} onClose={() => setAsking(undefined)}>
        <View className="sub">{long}</View>
      </Sheet>
      <Confirm
        id="gallery-confirm"
        open={asking === 'confirm'}
        title={say('Are you sure?')}
        text={long}
        yes={say('Yes')}
        danger
        busy={false}
        failure={FAILURES.refused}
        onYes={() => setAsking(undefined)}
        onClose={() => setAsking(undefined)}
      />
    </Card>
  );
}

function Lists({ say, long }: Words) {
  const here = { zh: LONG.zh, en: LONG.en };
  return (
    <>
      <Card>
        <Cell id="cell-plain" label={say('Name')} value={say('A student')} />
        <Cell id="cell-open" icon="wallet" label={say('Limits')} hint={say('¥100 a day')} onPress={nothing} />
        <Cell id="cell-long" icon="place" label={long} value={long} onPress={nothing} />
      </Card>
      <Card>
        <EntryRow entry={entry(1, AMOUNTS.usual, null)} when="12:05" running />
        <EntryRow entry={entry(2, AMOUNTS.negative, here)} when="12:05" running onOpen={nothing} />
        <EntryRow entry={entry(3, AMOUNTS.hugeNegative, here)} when="12:05" running />
      </Card>
    </>
  );
}

function States({ say, long }: Words) {
  return (
    <>
      <Loading rows={2} />
      <Card>
        <Empty text={say('Nothing spent this month')} hint={long} />
      </Card>
      {(['offline', 'unreadable', 'refused'] as const).map((kind) => (
        <Card key={kind}>
          <Failed id={`failed-${kind}`} failure={FAILURES[kind]} onRetry={nothing} />
        </Card>
      ))}
      {(['good', 'warn', 'bad'] as const).map((tone) => (
        <Notice key={tone} tone={tone} text={long} />
      ))}
    </>
  );
}

/** Last: its keypad stands on the foot of the screen. */
function Typing({ say }: Pick<Words, 'say'>) {
  const [typed, setTyped] = useState('12.50');
  const key = (pressed: AmountKey) => setTyped((before) => pressKey(before, pressed));
  return (
    <>
      <AmountField
        id="gallery"
        label={say('Amount')}
        typed={typed}
        rules={{ minFen: AMOUNTS.usual, maxFen: AMOUNTS.huge }}
        onType={setTyped}
        presetsFen={[AMOUNTS.usual]}
        after={say('Then ¥25.00')}
      />
      <Keypad onKey={key} submit={say('Pay')} onSubmit={nothing} disabled={typed === ''} busy={false} submitId="gallery-submit" />
    </>
  );
}

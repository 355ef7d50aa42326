import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import type { CodeWay } from '../../../../../../shared/api/ways-in';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { isRefusal } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Choice } from '../../../../components/choice';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { goInstead, startAt } from '../../../../lib/go';
import { typedCode, waitSeconds } from '../../../../lib/sms-step';
import { serverNow, useApp } from '../../../../state/app-state';
import { api, consent, signInOnce } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useNow } from '../../../../state/use-ticker';
import { beginWith, ofTheApp } from '../../bound';
import { entryApi } from '../../entry-api';
import { useEntryText } from '../../text';

const WAYS = { 'email-code': 'email', 'mobile-code': 'mobile' } as const;

/** SQ-02: who somebody is, by a code to the address that the school has. */
export default function Identity() {
  const { e } = useEntryText();
  const school = useRouter().params.school ?? '';
  const bound = useApp((state) => state.bound);
  const load = useLoad(async () => {
    await consent.pass(true);
    await signInOnce();
    return (await api.school(school)).pack;
  }, school);
  const pack = load.data;
  const ways = (pack?.signIn.otherWays ?? []).flatMap((way) => (way in WAYS ? [WAYS[way as keyof typeof WAYS]] : []));
  return (
    <Screen title={e('identity.title')} brand={pack?.brand}>
      {pack === undefined ? (
        load.failure === undefined ? (
          <Loading rows={4} />
        ) : (
          <Failed id="identity-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : bound !== null ? (
        <>
          <Notice id="identity-done" tone="good" text={e('identity.done')} />
          <Button id="identity-home" text={e('identity.home')} onPress={() => startAt('home')} />
        </>
      ) : ways.length === 0 ? (
        <Notice id="identity-none" text={e('identity.not-offered')} />
      ) : (
        <IdentityForm pack={pack} ways={ways} />
      )}
    </Screen>
  );
}

/** When another code may be asked for, and how long this one is good. */
interface Sent {
  readonly way: CodeWay;
  readonly resendAt: number;
  readonly minutes: number;
}

function IdentityForm({ pack, ways }: { readonly pack: RulePack; readonly ways: readonly CodeWay[] }) {
  const { e, b } = useEntryText();
  const { fields } = pack.signIn;
  const [way, setWay] = useState<CodeWay>(ways[0] ?? 'email');
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [value, setValue] = useState('');
  const [sent, setSent] = useState<Sent>();
  const now = useNow(serverNow, true, sent);
  const wait = sent === undefined ? 0 : waitSeconds(sent.resendAt, now);
  const named = { schoolId: pack.schoolId, name: name.trim(), number: number.trim(), way };
  const complete = named.name !== '' && named.number !== '';
  const code = typedCode(value);

  const send = useAction(async () => {
    const reply = await entryApi.sendCode(named);
    setSent({ way, resendAt: serverNow() + reply.resendAfterSeconds * 1_000, minutes: Math.floor(reply.livesSeconds / 60) });
  });
  const bind = useAction(async () => {
    if (code === undefined) return;
    try {
      beginWith((await entryApi.bindByCode({ ...named, code, ...ofTheApp() })).bound, pack);
    } catch (reason) {
      if (!isRefusal(reason, 'auth.already-bound')) throw reason;
      startAt('home');
    }
  });

  return (
    <>
      <View className="sub">{e('identity.lead')}</View>
      {ways.length > 1 ? (
        <Choice
          idPrefix="identity-way"
          items={ways.map((id) => ({ id, label: e(`identity.${id}`) }))}
          chosen={way}
          onChoose={(next) => {
            setWay(next);
            // The code of the other way is another code.
            setValue('');
          }}
        />
      ) : null}
      <Card>
        <Field id="identity-name" label={b(fields.name.label)} value={name} onChange={setName} />
        <Field id="identity-number" label={b(fields.number.label)} value={number} onChange={setNumber} />
        <Field
          id="identity-code"
          label={e('identity.code')}
          placeholder={e('identity.placeholder')}
          value={value}
          onChange={setValue}
          digits
          maxLength={10}
        />
      </Card>
      {sent === undefined ? null : (
        <Notice id="identity-sent" tone="good" text={`${e(`identity.sent-${sent.way}`, { minutes: sent.minutes })}${e('identity.none')}`} />
      )}
      <Refusal id="identity-failure" failure={bind.failure ?? send.failure} />
      <Button
        id="identity-send"
        kind="tint"
        text={wait > 0 ? e('identity.wait', { seconds: wait }) : e('identity.send')}
        onPress={() => send.run()}
        busy={send.busy}
        disabled={!complete || wait > 0}
      />
      <Button
        id="identity-submit"
        text={e('identity.submit')}
        onPress={() => bind.run()}
        busy={bind.busy}
        disabled={!complete || code === undefined}
      />
      <Button id="identity-password" kind="plain" text={e('sso.password')} onPress={() => goInstead('bind', { school: pack.schoolId })} />
    </>
  );
}

import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import type { RulePack } from '../../../../shared/rule-pack';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Field } from '../../components/field';
import { Press } from '../../components/press';
import { Screen } from '../../components/screen';
import { Sheet } from '../../components/sheet';
import { Failed, Loading, Refusal } from '../../components/states';
import { useText } from '../../i18n';
import { go, startAt } from '../../lib/go';
import { platform } from '../../platform';
import { forgetHolder, setApp, useApp } from '../../state/app-state';
import { api, consent, signInOnce } from '../../state/services';
import { useAction } from '../../state/use-action';
import { useLoad } from '../../state/use-load';
import { OtherWays } from './other-ways';
import './bind.scss';

export default function Bind() {
  const { t } = useText();
  const schoolId = useRouter().params.school ?? '';
  const load = useLoad(async () => {
    await consent.pass(true);
    // In the browser signing in leaves the page, so it comes before anything is typed.
    await signInOnce();
    return (await api.school(schoolId)).pack;
  }, schoolId);
  if (load.data === undefined) {
    return (
      <Screen title={t('app.name')}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="bind-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return <BindForm pack={load.data} />;
}

function BindForm({ pack }: { readonly pack: RulePack }) {
  const { t, b } = useText();
  const { signIn } = pack;
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [password, setPassword] = useState('');
  const [forgot, setForgot] = useState(false);
  const complete = name.trim() !== '' && number.trim() !== '' && password !== '';

  const agreed = useApp((state) => state.consent);
  const bind = useAction(async () => {
    const reply = await api.bind({
      schoolId: pack.schoolId,
      name: name.trim(),
      number: number.trim(),
      password,
      deviceLabel: platform.deviceLabel(),
      ...(agreed?.agreed === true ? { consent: { policyDay: agreed.policyDay, agreedAt: agreed.answeredAt } } : {}),
    });
    // Codes and balances of whoever was bound before do not belong to the new card.
    forgetHolder();
    setApp({ bound: reply.bound, pack });
    startAt('home');
  });

  return (
    <Screen title={b(signIn.title)} brand={pack.brand}>
      <View className="bind__school">
        <View className="bind__badge">{pack.name.zh.slice(0, 1)}</View>
        <View className="grow">
          <View className="bind__name">{b(pack.name)}</View>
          <View className="sub">{b(pack.appName)}</View>
        </View>
      </View>
      <Card>
        <Field
          id="bind-name"
          label={b(signIn.fields.name.label)}
          placeholder={signIn.fields.name.placeholder && b(signIn.fields.name.placeholder)}
          value={name}
          onChange={setName}
        />
        <Field
          id="bind-number"
          label={b(signIn.fields.number.label)}
          placeholder={signIn.fields.number.placeholder && b(signIn.fields.number.placeholder)}
          value={number}
          onChange={setNumber}
        />
        {signIn.temporaryNumber === undefined ? null : (
          <View id="bind-temporary" className="bind__hint sub">
            {b(signIn.temporaryNumber)}
          </View>
        )}
        <Field
          id="bind-password"
          label={b(signIn.fields.password.label)}
          placeholder={signIn.fields.password.placeholder && b(signIn.fields.password.placeholder)}
          value={password}
          onChange={setPassword}
          secret
          onDone={() => complete && bind.run()}
        />
        <View className="bind__hint sub">{b(signIn.passwordHint)}</View>
      </Card>
      <Refusal id="bind-failure" failure={bind.failure} />
      <Button id="bind-submit" text={b(signIn.submit)} onPress={() => bind.run()} busy={bind.busy} disabled={!complete} />
      <OtherWays pack={pack} />
      <Press id="bind-forgot" className="bind__forgot" onPress={() => setForgot(true)}>
        {t('bind.cant')}
      </Press>
      {pack.services?.getApp === undefined ? null : (
        <Press id="bind-get" className="bind__forgot" onPress={() => go('get-app', { school: pack.schoolId })}>
          {b(pack.services.getApp.label)}
        </Press>
      )}
      <View className="bind__privacy sub">{t('bind.privacy')}</View>
      <Press id="bind-policy" className="bind__forgot" onPress={() => go('privacy')}>
        {t('service.privacy')}
      </Press>
      <Sheet open={forgot} title={t('bind.cant')} onClose={() => setForgot(false)}>
        <View className="bind__forgot-text">{b(signIn.forgottenPassword)}</View>
        <View className="stack">
          {signIn.smsReset === true ? (
            <Button
              id="forgot-reset"
              text={t('bind.reset')}
              onPress={() => {
                setForgot(false);
                go('reset', { school: pack.schoolId });
              }}
            />
          ) : null}
          <Button id="forgot-close" kind="tint" text={t('state.close')} onPress={() => setForgot(false)} />
        </View>
      </Sheet>
    </Screen>
  );
}

import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import { emptyReply, resetCodeReply } from '../../../../../../shared/api/student';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { goInstead } from '../../../../lib/go';
import { passwordProblem } from '../../../../lib/new-password';
import { api, client, consent, signInOnce } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useNow } from '../../../../state/use-ticker';
import '../password/password.scss';
import { useResetText } from './words';

/** A forgotten password, where the school lets it be set anew without the desk. */
export default function Reset() {
  const { r } = useResetText();
  const schoolId = useRouter().params.school ?? '';
  const load = useLoad(async () => {
    await consent.pass(true);
    // In the browser signing in leaves the page, so it comes before anything is typed.
    await signInOnce();
    return (await api.school(schoolId)).pack;
  }, schoolId);
  if (load.data === undefined) {
    return (
      <Screen title={r('title')}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="reset-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  if (load.data.signIn.smsReset !== true) {
    return (
      <Screen title={r('title')}>
        <Empty icon="lock" text={r('desk')} />
      </Screen>
    );
  }
  return <ResetForm pack={load.data} />;
}

function ResetForm({ pack }: { readonly pack: RulePack }) {
  const { t, b, r } = useResetText();
  const { schoolId, signIn, brand } = pack;
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [idTail, setIdTail] = useState('');
  const [code, setCode] = useState('');
  const [newPassword, setNew] = useState('');
  const [again, setAgain] = useState('');
  const [waitUntil, setWaitUntil] = useState(0);
  const now = useNow(() => Date.now(), waitUntil > 0);
  const waiting = Math.max(0, Math.ceil((waitUntil - now) / 1_000));
  const [done, setDone] = useState(false);
  const who = { schoolId, name: name.trim(), number: number.trim(), idTail: idTail.trim() };
  const named = who.name !== '' && who.number !== '' && who.idTail.length >= 6;
  const problem = passwordProblem(newPassword, again);

  const send = useAction(async () => {
    const { resendAfterSeconds } = await client({ method: 'POST', path: '/student/password/reset-code', body: who }, resetCodeReply);
    setWaitUntil(Date.now() + resendAfterSeconds * 1_000);
  });
  const reset = useAction(async () => {
    const body = { ...who, code: code.trim(), newPassword };
    await client({ method: 'POST', path: '/student/password/reset', body, timeoutMs: 20_000 }, emptyReply);
    setDone(true);
  });

  if (done) {
    return (
      <Screen title={r('title')} brand={brand}>
        <Card className="password__done">
          <View id="reset-done" className="password__title">
            {r('done')}
          </View>
          <View className="h">{r('done-hint')}</View>
        </Card>
        <Button id="reset-to-bind" text={r('to-bind')} onPress={() => goInstead('bind', { school: schoolId })} />
      </Screen>
    );
  }
  return (
    <Screen title={r('title')} brand={brand}>
      <View className="h">{r('lead')}</View>
      <Card>
        <Field id="reset-name" label={b(signIn.fields.name.label)} value={name} onChange={setName} />
        <Field id="reset-number" label={b(signIn.fields.number.label)} value={number} onChange={setNumber} />
        <Field id="reset-id" label={r('id-tail')} placeholder={r('id-tail-hint')} value={idTail} onChange={setIdTail} maxLength={12} />
      </Card>
      <Refusal id="reset-send-failure" failure={send.failure} />
      <Button
        id="reset-send"
        kind="tint"
        text={waiting > 0 ? t('proof.sms-again', { seconds: waiting }) : r('send')}
        onPress={() => send.run()}
        busy={send.busy}
        disabled={!named || waiting > 0}
      />
      {waitUntil > 0 ? <Notice id="reset-sent" tone="good" text={r('sent')} /> : null}
      <Card>
        <Field id="reset-code" label={r('code')} value={code} onChange={setCode} maxLength={12} />
        <Field id="reset-new" label={t('password.new')} value={newPassword} onChange={setNew} secret digits maxLength={6} />
        <Field id="reset-again" label={t('password.again')} value={again} onChange={setAgain} secret digits maxLength={6} />
        {problem === 'empty' || problem === undefined ? (
          <View className="sub password__rule">{t('password.rule')}</View>
        ) : (
          <View id="reset-problem" className="password__problem">
            {t(`password.${problem}`)}
          </View>
        )}
      </Card>
      <Refusal id="reset-failure" failure={reset.failure} />
      <Button
        id="reset-submit"
        text={r('submit')}
        onPress={() => reset.run()}
        busy={reset.busy}
        disabled={!named || code.trim() === '' || problem !== undefined}
      />
    </Screen>
  );
}

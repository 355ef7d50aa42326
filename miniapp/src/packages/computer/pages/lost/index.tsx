import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import type { LossReply } from '../../../../../../shared/api/student';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Field } from '../../../../components/field';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { api } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { computerApi } from '../../api';
import { useFocus } from '../../lib/use-focus';
import { useComputerText } from '../../text';

/** A phone is lost with the app on it: card and codes are stopped from here, by what binds the app. */
export default function ComputerLost() {
  const { c } = useComputerText();
  const schoolId = useRouter().params.school ?? '';
  const load = useLoad(async () => (await api.school(schoolId)).pack, schoolId);
  if (load.data === undefined) {
    return (
      <Screen title={c('lost.title')}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="pc-lost-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  return <LostForm pack={load.data} />;
}

function LostForm({ pack }: { readonly pack: RulePack }) {
  const { b, c } = useComputerText();
  const { fields } = pack.signIn;
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [asking, setAsking] = useState(false);
  const [reported, setReported] = useState<LossReply>();
  useFocus('pc-lost-name');
  const report = useAction(async () => {
    const heard = await computerApi.reportLoss({ schoolId: pack.schoolId, number: number.trim(), name: name.trim(), password });
    setAsking(false);
    setPassword('');
    setReported(heard);
  });
  const { clear } = report;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words make the old refusal void.
  useEffect(clear, [name, number, password]);
  if (reported !== undefined) return <Reported pack={pack} loss={reported} />;
  const ready = number.trim() !== '' && name.trim() !== '' && password !== '';
  return (
    <Screen title={c('lost.title')} brand={pack.brand}>
      <Notice text={c('lost.lead')} />
      <Card>
        <Cell id="pc-lost-school" label={c('form.school')} value={b(pack.name)} />
        <Field
          id="pc-lost-name"
          label={b(fields.name.label)}
          placeholder={fields.name.placeholder && b(fields.name.placeholder)}
          value={name}
          onChange={setName}
        />
        <Field
          id="pc-lost-number"
          label={b(fields.number.label)}
          placeholder={fields.number.placeholder && b(fields.number.placeholder)}
          value={number}
          onChange={setNumber}
        />
        <Field
          id="pc-lost-password"
          label={b(fields.password.label)}
          placeholder={fields.password.placeholder && b(fields.password.placeholder)}
          value={password}
          onChange={setPassword}
          onDone={() => ready && setAsking(true)}
          secret
        />
      </Card>
      <Button id="pc-lost-submit" kind="danger" text={b(pack.loss.reportLabel)} onPress={() => setAsking(true)} disabled={!ready} />
      <View className="sub">{c('lost.forgot', { how: b(pack.signIn.forgottenPassword) })}</View>
      <Confirm
        id="pc-lost-confirm"
        open={asking}
        title={c('lost.confirm')}
        text={c('lost.confirm-text')}
        yes={b(pack.loss.reportLabel)}
        danger
        busy={report.busy}
        failure={report.failure}
        onYes={() => report.run()}
        onClose={() => setAsking(false)}
      />
    </Screen>
  );
}

/** The receipt: the second from which nothing is owed, and what to do next. */
function Reported({ pack, loss }: { readonly pack: RulePack; readonly loss: LossReply }) {
  const { b, c, lang } = useComputerText();
  return (
    <Screen title={c('lost.title')} brand={pack.brand}>
      <Card>
        <View id="pc-lost-done" className="strong">
          {c('lost.done')}
        </View>
        {loss.reportedAt === null ? null : (
          <View id="pc-lost-since" className="num">
            {c('lost.since', { time: fullInstant(loss.reportedAt, lang, pack.utcOffsetMinutes) })}
          </View>
        )}
        <View className="sub">{c('lost.keep')}</View>
      </Card>
      <Card>
        <View>{c('lost.next', { label: b(pack.loss.cancelLabel) })}</View>
      </Card>
      <Button id="pc-lost-open" kind="tint" text={c('balance.open')} onPress={() => go('get-app')} />
    </Screen>
  );
}

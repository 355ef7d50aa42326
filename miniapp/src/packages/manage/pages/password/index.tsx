import { View } from '@tarojs/components';
import { useState } from 'react';
import type { SecondProof } from '../../../../api/student-api';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Field } from '../../../../components/field';
import { Icon } from '../../../../components/icon';
import { Press } from '../../../../components/press';
import { Screen } from '../../../../components/screen';
import { SecondProofFields } from '../../../../components/second-proof';
import { Notice, Refusal } from '../../../../components/states';
import { useText } from '../../../../i18n';
import { go, goBack, goInstead } from '../../../../lib/go';
import { passwordProblem } from '../../../../lib/new-password';
import { useApp } from '../../../../state/app-state';
import { api, loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import './password.scss';

/** The first change proves who it is a second time: an initial password may be known to others. */
export default function Password() {
  const { t, b } = useText();
  const initial = useApp((state) => state.account?.passwordIsInitial === true);
  const pack = useApp((state) => state.pack);
  const [oldPassword, setOld] = useState('');
  const [newPassword, setNew] = useState('');
  const [again, setAgain] = useState('');
  const [proof, setProof] = useState<SecondProof>();
  const [done, setDone] = useState(false);
  const change = useAction(async () => {
    await api.changePassword({ oldPassword, newPassword, ...(proof === undefined ? {} : { proof }) });
    setDone(true);
    await loadAccount().catch(() => undefined);
  });
  // The server may ask for the proof of an account that the phone thought had given it.
  const needsProof = initial || change.failure?.code === 'auth.second-proof-required' || proof !== undefined;
  const problem = passwordProblem(newPassword, again);

  if (done) {
    return (
      <Screen title={t('password.title')}>
        <Card className="password__done">
          <View className="password__icon">
            <Icon name="check" size={30} />
          </View>
          <View id="password-changed" className="password__title">
            {t('password.changed')}
          </View>
          <View className="h">{t('password.changed-hint')}</View>
        </Card>
        {pack?.codes.enabled === true ? (
          <Button id="password-to-code" text={b(pack.codes.paymentLabel)} onPress={() => goInstead('code', { tab: 'pay' })} />
        ) : null}
        <Button id="password-done" kind="plain" text={t('state.done')} onPress={goBack} />
      </Screen>
    );
  }
  return (
    <Screen title={t('password.title')}>
      {initial ? <Notice text={t('password.lead')} /> : null}
      <Card>
        <Field id="password-old" label={t('password.old')} value={oldPassword} onChange={setOld} secret />
        {pack?.signIn.smsReset === true ? (
          <Press id="password-forgotten" className="password__forgotten" onPress={() => go('reset', { school: pack.schoolId })}>
            {t('bind.reset')}
          </Press>
        ) : null}
        <Field id="password-new" label={t('password.new')} value={newPassword} onChange={setNew} secret digits maxLength={6} />
        <Field id="password-again" label={t('password.again')} value={again} onChange={setAgain} secret digits maxLength={6} />
        {problem === 'empty' || problem === undefined ? (
          <View className="sub password__rule">{t('password.rule')}</View>
        ) : (
          <View id="password-problem" className="password__problem">
            {t(`password.${problem}`)}
          </View>
        )}
      </Card>
      {needsProof ? (
        <Card>
          <SecondProofFields onChange={setProof} />
        </Card>
      ) : null}
      <Refusal id="password-failure" failure={change.failure} />
      <Button
        id="password-submit"
        text={t('password.submit')}
        onPress={() => change.run()}
        busy={change.busy}
        disabled={oldPassword === '' || problem !== undefined || (needsProof && proof === undefined)}
      />
    </Screen>
  );
}

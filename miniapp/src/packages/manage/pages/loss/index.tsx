import { View } from '@tarojs/components';
import { useState } from 'react';
import type { AccountReply } from '../../../../../../shared/api/student';
import type { RulePack } from '../../../../../../shared/rule-pack';
import type { SecondProof } from '../../../../api/student-api';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Confirm } from '../../../../components/confirm';
import { Field } from '../../../../components/field';
import { Icon } from '../../../../components/icon';
import { NoticesCell } from '../../../../components/notices-cell';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { SecondProofFields } from '../../../../components/second-proof';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { useText } from '../../../../i18n';
import { fullInstant } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { useApp } from '../../../../state/app-state';
import { api, loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import './loss.scss';

export default function Loss() {
  const { t } = useText();
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const load = useLoad(loadAccount, 'account');
  const [ended, setEnded] = useState(false);
  return (
    <Screen title={t('loss.title')}>
      {account === null || pack === null ? (
        load.failure === undefined ? (
          <Loading />
        ) : (
          <Failed id="loss-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : account.loss === null ? (
        <>
          {ended ? <Notice id="loss-ended" tone="good" text={t('loss.cancelled')} /> : null}
          <ReportForm pack={pack} onDone={() => setEnded(false)} />
        </>
      ) : (
        <Reported account={account} pack={pack} onEnded={() => setEnded(true)} />
      )}
    </Screen>
  );
}

function ReportForm({ pack, onDone }: { readonly pack: RulePack; readonly onDone: () => void }) {
  const { t, b } = useText();
  const [keepCodes, setKeepCodes] = useState(false);
  const [password, setPassword] = useState('');
  const [asking, setAsking] = useState(false);
  const { needsPassword } = pack.loss;
  const report = useAction(async () => {
    await api.reportLoss({ keepCodes, ...(needsPassword ? { password } : {}) });
    setAsking(false);
    onDone();
    await loadAccount();
  });
  return (
    <>
      <Card>
        <View className="loss__lead">{t('loss.lead')}</View>
        <View className="h loss__head">{t('loss.keep')}</View>
        <RadioRow
          id="loss-stop-codes"
          label={t('loss.keep-no')}
          hint={t('loss.keep-no-hint')}
          chosen={!keepCodes}
          onChoose={() => setKeepCodes(false)}
        />
        <RadioRow
          id="loss-keep-codes"
          label={t('loss.keep-yes')}
          hint={t('loss.keep-yes-hint')}
          chosen={keepCodes}
          onChoose={() => setKeepCodes(true)}
        />
        {needsPassword ? (
          <Field
            id="loss-password"
            label={t('loss.password', { label: b(pack.passwords.query) })}
            value={password}
            onChange={setPassword}
            secret
          />
        ) : null}
      </Card>
      <Button
        id="loss-submit"
        kind="danger"
        text={b(pack.loss.reportLabel)}
        onPress={() => {
          report.clear();
          setAsking(true);
        }}
        disabled={needsPassword && password === ''}
      />
      <Confirm
        id="loss-confirm"
        open={asking}
        title={t('loss.confirm-title')}
        text={t('loss.confirm-text')}
        yes={b(pack.loss.reportLabel)}
        danger
        busy={report.busy}
        failure={report.failure}
        onYes={() => report.run()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

function Reported({ account, pack, onEnded }: { readonly account: AccountReply; readonly pack: RulePack; readonly onEnded: () => void }) {
  const { t, b, lang } = useText();
  const [password, setPassword] = useState('');
  const [proof, setProof] = useState<SecondProof>();
  const cancel = useAction(async () => {
    await api.cancelLoss({ password, ...(proof === undefined ? {} : { proof }) });
    onEnded();
    await loadAccount();
  });
  const { loss } = account;
  if (loss === null) return null;
  return (
    <>
      <Card className="loss__state">
        <View className="loss__icon">
          <Icon name="shield" size={30} />
        </View>
        <View id="loss-state" className="loss__title">
          {t('loss.reported')}
        </View>
        <View id="loss-since" className="loss__since num">
          {t('loss.since', { time: fullInstant(loss.reportedAt, lang, pack.utcOffsetMinutes) })}
        </View>
        <View className="sub">{t(loss.codesFrozen ? 'loss.codes-frozen' : 'loss.codes-on')}</View>
      </Card>
      {!pack.loss.cancelOnline ? (
        <Notice id="loss-desk" text={t('loss.cancel-desk')} />
      ) : account.passwordIsInitial ? (
        <>
          <Notice id="loss-initial" text={t('code.need-password-hint')} />
          <Button id="loss-to-password" text={t('password.title')} onPress={() => go('password')} />
        </>
      ) : (
        <>
          <Card>
            <View className="loss__lead">{t('loss.cancel-lead')}</View>
            <Field
              id="loss-cancel-password"
              label={t('loss.password', { label: b(pack.passwords.query) })}
              value={password}
              onChange={setPassword}
              secret
            />
            <View className="loss__proof">
              <SecondProofFields onChange={setProof} />
            </View>
          </Card>
          <Refusal id="loss-cancel-failure" failure={cancel.failure} />
          <Button
            id="loss-cancel"
            text={b(pack.loss.cancelLabel)}
            onPress={() => cancel.run()}
            busy={cancel.busy}
            disabled={password === '' || proof === undefined}
          />
        </>
      )}
      <NoticesCell id="loss-notices" />
    </>
  );
}

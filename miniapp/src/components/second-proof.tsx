import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type { ProofKind } from '../../../shared/rule-pack';
import type { SecondProof } from '../api/student-api';
import { useText } from '../i18n';
import { api } from '../state/services';
import { useAction } from '../state/use-action';
import { useLoad } from '../state/use-load';
import { Button } from './button';
import { Field } from './field';
import { RadioRow } from './radio-row';
import { Failed, Loading, Notice, Refusal } from './states';
import './second-proof.scss';

const RESEND_SECONDS = 60;

/** How a holder proves once more who they are: the ID's tail or a text message, as the school offers. */
export function SecondProofFields({ onChange }: { readonly onChange: (proof: SecondProof | undefined) => void }) {
  const { t } = useText();
  const offered = useLoad(async () => (await api.proofs()).offered, 'proofs');
  const [picked, setPicked] = useState<ProofKind>();
  const [value, setValue] = useState('');
  const kind = picked ?? offered.data?.[0];

  const edit = (text: string) => {
    setValue(text);
    onChange(kind === undefined || kind === 'desk' || text.trim() === '' ? undefined : { kind, value: text.trim() });
  };
  const pick = (next: ProofKind) => {
    setPicked(next);
    setValue('');
    onChange(undefined);
  };

  if (offered.failure !== undefined) return <Failed id="proof-retry" failure={offered.failure} onRetry={offered.reload} />;
  if (offered.data === undefined) return <Loading rows={1} />;
  if (offered.data.every((each) => each === 'desk')) return <Notice id="proof-none" text={t('proof.none')} />;
  return (
    <View>
      <View className="h">{t('proof.title')}</View>
      {offered.data.map((each) => (
        <RadioRow key={each} id={`proof-${each}`} label={t(`proof.${each}`)} chosen={each === kind} onChoose={() => pick(each)} />
      ))}
      {kind === 'desk' ? <Notice text={t('proof.desk-text')} /> : null}
      {kind === 'id-tail' ? (
        <Field
          id="proof-value"
          label={t('proof.id-tail-label')}
          placeholder={t('proof.id-tail-hint')}
          value={value}
          onChange={edit}
          maxLength={6}
        />
      ) : null}
      {kind === 'sms' ? <SmsField value={value} onChange={edit} /> : null}
    </View>
  );
}

function SmsField({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const { t } = useText();
  const [wait, setWait] = useState(0);
  const [mobile, setMobile] = useState<string>();
  const send = useAction(async () => {
    const reply = await api.smsCode();
    setMobile(reply.mobileMasked);
    setWait(reply.resendAfterSeconds || RESEND_SECONDS);
  });
  useEffect(() => {
    if (wait === 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);
  return (
    <View>
      <View className="second-proof__sms">
        <View className="grow">
          <Field id="proof-value" label={t('proof.sms-label')} value={value} onChange={onChange} digits maxLength={8} />
        </View>
        <Button
          id="proof-sms-send"
          kind="tint"
          size="small"
          text={wait > 0 ? t('proof.sms-again', { seconds: wait }) : t('proof.sms-get')}
          onPress={() => send.run()}
          busy={send.busy}
          disabled={wait > 0}
        />
      </View>
      {mobile === undefined ? null : <View className="sub num">{t('proof.sms-sent', { mobile })}</View>}
      <Refusal id="proof-sms-failure" failure={send.failure} />
    </View>
  );
}

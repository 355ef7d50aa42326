import { View } from '@tarojs/components';
import { useEffect, useState } from 'react';
import type * as v from 'valibot';
import type { codeSentSchema } from '../../../../../shared/api/wallet';
import { Button } from '../../../components/button';
import { Card } from '../../../components/card';
import { Field } from '../../../components/field';
import { Refusal } from '../../../components/states';
import { instantMs } from '../../../lib/dates';
import { typedCode, waitSeconds } from '../../../lib/sms-step';
import { serverNow } from '../../../state/app-state';
import { useAction } from '../../../state/use-action';
import { useNow } from '../../../state/use-ticker';
import { useMoneyText } from '../text';
import './code-step.scss';

export type CodeSent = v.InferOutput<typeof codeSentSchema>;

interface Props {
  /** Null: the code is on its way, by an earlier sending. */
  readonly code: CodeSent | null;
  readonly submit: string;
  readonly onResend: () => Promise<CodeSent>;
  /** Refuses by throwing; whatever else becomes of it is the screen's. */
  readonly onConfirm: (digits: string) => Promise<void>;
}

/** 输入验证码: where it was sent, a new one after the countdown, 确定 (DL-37). */
export function CodeStep({ code, submit, onResend, onConfirm }: Props) {
  const { m } = useMoneyText();
  const [sent, setSent] = useState(code);
  const [value, setValue] = useState('');
  const now = useNow(serverNow, true, sent);
  const wait = sent === null ? 0 : waitSeconds(instantMs(sent.resendAt), now);
  const resend = useAction(async () => setSent(await onResend()));
  const confirm = useAction(async () => {
    const digits = typedCode(value);
    if (digits !== undefined) await onConfirm(digits);
  });
  const { clear } = confirm;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another code makes the old refusal void.
  useEffect(clear, [value]);
  return (
    <>
      <Card>
        <View className="code-step">
          <View className="grow">
            <Field
              id="code-value"
              label={m('code.label')}
              placeholder={m('code.placeholder')}
              value={value}
              onChange={setValue}
              digits
              maxLength={10}
            />
          </View>
          <Button
            id="code-again"
            kind="tint"
            size="small"
            text={wait > 0 ? m('code.wait', { seconds: wait }) : m('code.again')}
            onPress={() => resend.run()}
            busy={resend.busy}
            disabled={wait > 0}
          />
        </View>
        <View id="code-sent" className="sub num">
          {sent === null || sent.maskedMobile === '' ? m('code.sent-before') : m('code.sent', { mobile: sent.maskedMobile })}
        </View>
      </Card>
      <Refusal id="code-failure" failure={confirm.failure ?? resend.failure} />
      <Button id="code-confirm" text={submit} onPress={() => confirm.run()} busy={confirm.busy} disabled={typedCode(value) === undefined} />
    </>
  );
}

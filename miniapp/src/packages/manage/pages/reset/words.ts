import { useText } from '../../../../i18n';

const zh = {
  title: '重置密码',
  lead: '用证件号后六位和发到学校名册中手机号的验证码，设置新密码。',
  'id-tail': '身份证号后六位',
  'id-tail-hint': '字母 X 也算一位',
  send: '获取验证码',
  sent: '如果信息无误，验证码已发到名册中的手机号。没有收到，请核对后重试，或到服务网点办理。',
  code: '短信验证码',
  submit: '设置新密码',
  done: '新密码已设置',
  'done-hint': '请用新密码绑定校园卡',
  'to-bind': '去绑定',
  desk: '本校须到服务网点重置密码',
} as const;

export type ResetWord = keyof typeof zh;

const en: Readonly<Record<ResetWord, string>> = {
  title: 'Reset password',
  lead: "Set a new password with the end of your ID and a code sent to the mobile on the school's roster.",
  'id-tail': 'Last six characters of the ID',
  'id-tail-hint': 'A letter X counts as one',
  send: 'Send a code',
  sent: 'If the details are right, a code is on its way to the mobile on the roster. If none comes, check them or ask the service desk.',
  code: 'SMS code',
  submit: 'Set the new password',
  done: 'The new password is set',
  'done-hint': 'Bind your card with the new password',
  'to-bind': 'Bind',
  desk: 'At this school a password is reset at the service desk',
};

/** The app's words and those of this screen, which the main package need not carry. */
export function useResetText() {
  const text = useText();
  return { ...text, r: (word: ResetWord) => (text.lang === 'zh' ? zh : en)[word] };
}

import type { EntryKey } from './zh';

export const en: Readonly<Record<EntryKey, string>> = {
  'sso.title': 'Campus sign-on',
  'sso.lead': "The school's own sign-in page opens. Account and password go to the school only; this app neither sees nor keeps them.",
  'sso.after':
    'Your card is then bound by your student or staff number. Payment codes still need the initial password to be changed first.',
  'sso.go': 'Go and sign in',
  'sso.working': 'Signed in; your card is being bound',
  'sso.cancelled': 'You cancelled the sign-in. No card was bound.',
  'sso.unexpected': 'This sign-in was not begun here and is ignored. Start it again.',
  'sso.mini':
    "A mini-program cannot open the school's sign-in page. Bind with the card's password, or open the web version in WeChat or Alipay and sign in there.",
  'sso.copy': 'Copy the link of the web version',
  'sso.copied': 'Copied. Send it to yourself in a WeChat or Alipay chat and open it there',
  'sso.not-copied': 'Not copied. Try again, or type the link above',
  'sso.password': 'Bind with the password',
  'sso.again': 'Sign in again',
  'identity.title': 'Identity check',
  'identity.lead': 'A code goes to the e-mail or mobile number that the school has for you.',
  'identity.email': 'E-mail',
  'identity.mobile': 'Mobile',
  'identity.send': 'Get a code',
  'identity.wait': 'Again in {seconds} s',
  'identity.sent-email':
    "If name and number match the school's list, a code went to the e-mail address on it. It is good for {minutes} minutes.",
  'identity.sent-mobile':
    "If name and number match the school's list, a code went to the mobile number on it. It is good for {minutes} minutes.",
  'identity.none': 'Nothing came? Check name and number. Where the list has no address, bind with the password.',
  'identity.code': 'Code',
  'identity.placeholder': '6 digits',
  'identity.submit': 'Check and bind',
  'identity.done': 'You are identified and the card is bound.',
  'identity.home': 'Open the card',
  'identity.not-offered': 'The school does not offer sign-in by code.',
};

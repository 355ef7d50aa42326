import { readCode128, readQr } from '../packages/host/decode';
import { type App, appears, fill, press, says, until } from './app';
import type { Student } from './student';

/** What several stories do alike. */
export const NEW_PASSWORD = '730518';

export async function bind(app: App, { person, initialPassword }: Student): Promise<void> {
  await fill(app, 'bind-name', person.name);
  await fill(app, 'bind-number', person.number);
  await fill(app, 'bind-password', '000000');
  await press(app, 'bind-submit');
  await says(app, 'bind-failure', /不正确/);
  await fill(app, 'bind-password', initialPassword);
  await press(app, 'bind-submit');
  await says(app, 'home-name', new RegExp(person.name));
}

export async function changeInitialPassword(app: App, student: Student): Promise<void> {
  await press(app, 'home-pay');
  await press(app, 'code-to-password');
  await fill(app, 'password-old', student.initialPassword);
  await fill(app, 'password-new', NEW_PASSWORD);
  await fill(app, 'password-again', NEW_PASSWORD);
  await proveAgain(app, student);
  await press(app, 'password-submit');
  await appears(app, 'password-changed');
  await app.back();
  await app.back();
}

const PASS_DIGITS = { pass: /^93\d{224}$/, 'identity-pass': /^94\d{224}$/ } as const;

/** A pass as a camera reads it: a QR alone, of the one that is to be shown next. */
export async function readShownPass(app: App, kind: keyof typeof PASS_DIGITS = 'pass'): Promise<string> {
  await appears(app, `${kind}-sheet`);
  return until(app, 'the QR of a pass', async () => {
    const picture = await app.picture(`${kind}-qr`);
    const digits = picture && readQr(picture);
    return digits !== undefined && PASS_DIGITS[kind].test(digits) ? digits : undefined;
  });
}

/** By text message: the ID's tail is offered too, but this one needs the phone. */
async function proveAgain(app: App, student: Student): Promise<void> {
  await press(app, 'proof-sms');
  await press(app, 'proof-sms-send');
  const code = await until(app, 'a text message', () => student.smsCode().catch(() => undefined));
  await fill(app, 'proof-value', code);
}

/** The payment code as a camera reads it from the drawn pixels, both symbols alike. */
export async function showCode(app: App): Promise<string> {
  await press(app, 'home-pay');
  return readShownCode(app);
}

/** The same of a code that is on the screen already. */
export async function readShownCode(app: App): Promise<string> {
  await appears(app, 'code-digits');
  return until(app, 'both symbols to show one code', async () => {
    const digits = (await app.textOf('code-digits')).replace(/\s/g, '');
    const [qr, bars] = [await app.picture('code-qr'), await app.picture('code-barcode')];
    if (qr === undefined || bars === undefined || !/^91\d{22}$/.test(digits)) return undefined;
    return readQr(qr) === digits && readCode128(bars) === digits ? digits : undefined;
  });
}

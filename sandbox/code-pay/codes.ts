import { lookup } from '../lib/lookup';
import { randomDigits } from '../lib/random-text';
import type { Person } from '../state';
import type { Surroundings } from '../surroundings';
import type { CodeStep } from './state';

/** Both apps show a new code after a minute. */
const LIFE_MS = 60_000;
/** Above ¥1,000 the payer types a password, whatever the platform thinks of them. */
export const PASSWORD_ABOVE_FEN = 100_000;

const HEADS = { wechat: '13', alipay: '28' } as const;

/** What a phone shows under 收付款: WeChat 18 digits beginning 10 to 15, Alipay (here) 18 beginning 28. */
export function showCode(parts: Surroundings, app: 'wechat' | 'alipay', person: Person): string {
  const code = HEADS[app] + randomDigits(parts.randomBytes, 16);
  parts.state.payerCodes[code] = { app, person: person.id, shownAt: parts.clock(), used: false };
  parts.changed();
  return code;
}

/** Uses the code up, and says whose it is; undefined when it is nobody's, of the other app, old or used. */
export function takeCode(parts: Surroundings, app: 'wechat' | 'alipay', code: string): string | undefined {
  const shown = lookup(parts.state.payerCodes, code);
  if (shown?.app !== app || shown.used || parts.clock() - shown.shownAt > LIFE_MS) return undefined;
  shown.used = true;
  parts.changed();
  return shown.person;
}

/** The next step of a platform's script; undefined where it behaves as it does by itself. */
export function nextStep(parts: Surroundings, keeper: 'wechatPay' | 'alipay'): CodeStep | undefined {
  const step = parts.state.codeScripts[keeper].shift();
  if (step !== undefined) parts.changed();
  return step;
}

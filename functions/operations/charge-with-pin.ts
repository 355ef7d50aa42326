import { AppError, isAppError } from '../../shared/errors';
import type { Passwords } from '../domain/password';
import type { PinJudgement } from '../domain/pin-tries';
import type { FieldCipher } from '../lib/field-cipher';
import type { PinOpener } from '../lib/pin-seal';
import type { Holders } from '../store/holders';
import { authorizePayment, type SaleAnswer, type SaleDeps, type SaleRequest } from './authorize-payment';
import { knownPassword } from './personal-data';

export interface PinSaleDeps extends SaleDeps {
  readonly holders: Pick<Holders, 'find'>;
  readonly passwords: Pick<Passwords, 'check'>;
  readonly fieldCipher: FieldCipher;
  readonly pinOpener: PinOpener;
}

/**
 * Charges a sale whose holder has typed the password at the till: the limit of the meal period does not stop it, every other does. A wrong
 * password ends this sale and counts once, however often these bytes are sent; the next try is a sale of its own.
 *
 * Throws AppError: `request.malformed` (no password in the body), `payment.other-body`. Every other refusal is a SaleAnswer.
 */
export async function chargeWithPin(deps: PinSaleDeps, request: SaleRequest): Promise<SaleAnswer> {
  if (request.body.pin === undefined) throw new AppError('request.malformed');
  return authorizePayment(deps, request, (accountNo) => judgePin(deps, request, accountNo));
}

async function judgePin(deps: PinSaleDeps, { body, pack }: SaleRequest, accountNo: number): Promise<PinJudgement> {
  const password = openPin(deps, body);
  if (password === undefined) return 'unreadable';
  const holder = await deps.holders.find(body.schoolId, accountNo);
  const known = holder && knownPassword(deps.fieldCipher, holder, pack, 'transaction');
  return (await deps.passwords.check(password, known)) ? 'right' : 'wrong';
}

/** Undefined where no key of ours opens it: said only once the sale is known not to have been decided before that key was withdrawn. */
function openPin({ pinOpener }: PinSaleDeps, body: SaleRequest['body']): string | undefined {
  try {
    return body.pin && pinOpener.open(body, body.pin);
  } catch (error) {
    if (isAppError(error, 'claim.pin-unreadable')) return undefined;
    throw error;
  }
}

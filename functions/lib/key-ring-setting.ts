import * as v from 'valibot';
import { key32Setting } from './config';

/** Keys by id, in one variable: `{"current":"k1","keys":{"k1":"<32 bytes, base64>"}}`. Old keys stay until nothing needs them. */
const keyRingSetting = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({ current: v.string(), keys: v.record(v.pipe(v.string(), v.regex(/^[\w-]{1,16}$/)), key32Setting) }),
  v.check(({ current, keys }) => Object.hasOwn(keys, current)),
);

/** Of every function that reads or writes an ID tail or a mobile number (`field-cipher`). */
export const fieldKeysSetting = { ECODE_FIELD_KEYS: keyRingSetting };

/** Of every function that checks or changes a password (`domain/password`). */
export const passwordPeppersSetting = { ECODE_PASSWORD_PEPPERS: keyRingSetting };

/** Of the function that kiosks ask: private X25519 keys, 32 raw bytes each, that typed passwords are sealed to (`pin-seal`). */
export const pinKeysSetting = { ECODE_PIN_KEYS: keyRingSetting };

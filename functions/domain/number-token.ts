import { createHmac } from 'node:crypto';
import { isCitizenId } from '../../shared/citizen-id';
import { deriveCitizenIdKey } from './school-keys';

/** What stands in a key of a table, a count or a row for a typed number (normalised): the number itself, and of a citizen ID a keyed hash. */
export type NumberToken = (schoolId: string, number: string) => string;

export function createNumberToken(masterKey: Uint8Array): NumberToken {
  return (schoolId, number) => {
    if (!isCitizenId(number)) return number;
    const hash = createHmac('sha256', deriveCitizenIdKey(masterKey, schoolId)).update(number).digest('base64url');
    return `id:${hash}`;
  };
}

/** Of a function that has no master key: it finds nobody by a citizen ID, and writes none down. */
export const noCitizenIds: NumberToken = (_schoolId, number) => (isCitizenId(number) ? 'id:unknown' : number);

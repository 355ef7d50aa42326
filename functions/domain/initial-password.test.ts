import fc from 'fast-check';
import type { InitialPasswordRule } from '../../shared/rule-pack';
import { initialPasswords, isInitialPassword, isWeakPassword } from './initial-password';

const shanghaitech: InitialPasswordRule[] = [{ kind: 'fixed', value: '123456' }];
const dufl: InitialPasswordRule[] = [{ kind: 'fixed', value: '000000' }, { kind: 'id-tail-digits' }];

describe('initial passwords', () => {
  it('ST-06 is 123456 for everyone, whatever the ID', () => {
    expect(initialPasswords(shanghaitech, '0314821')).toEqual(['123456']);
    expect(isInitialPassword(shanghaitech, '', '123456')).toBe(true);
    expect(isInitialPassword(shanghaitech, '0314821', '314821')).toBe(false);
  });

  it('DL-07 is six zeros or the last six digits of the ID', () => {
    expect(initialPasswords(dufl, '0314821')).toEqual(['000000', '314821']);
  });

  it('DL-07 moves the window one place forward for a final X', () => {
    expect(initialPasswords(dufl, '031482X')).toEqual(['000000', '031482']);
    expect(isInitialPassword(dufl, '031482X', '31482X')).toBe(false);
  });

  it('DL-07 knows only the zeros of a holder without an ID, or with too few digits in it', () => {
    expect(initialPasswords(dufl, '')).toEqual(['000000']);
    expect(initialPasswords(dufl, 'EA12345')).toEqual(['000000']);
  });

  it('DL-07 always gives six digits that stand in the ID in this order', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{6}[0-9X]$/), (idTail) => {
        const [, fromId] = initialPasswords(dufl, idTail);
        expect(fromId).toMatch(/^\d{6}$/);
        expect(idTail).toContain(fromId);
      }),
    );
  });
});

describe('a new password', () => {
  it.each(['111111', '123456', '654321', '567890', '987654', '121212', '123123', '12345', '1234567', 'abcdef', '１２３９８７', ''])(
    'may not be %s',
    (password) => expect(isWeakPassword(shanghaitech, '', password)).toBe(true),
  );

  it('may not be an initial one, nor digits of the ID', () => {
    expect(isWeakPassword(dufl, '031482X', '031482')).toBe(true);
    expect(isWeakPassword(shanghaitech, '0314821', '031482')).toBe(true);
    expect(isWeakPassword(shanghaitech, '0314821', '314821')).toBe(true);
  });

  it.each(['802914', '274195', '100200'])('may be %s', (password) => expect(isWeakPassword(dufl, '0314821', password)).toBe(false));
});

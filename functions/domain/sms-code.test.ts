import { maskMobile, maskNumber } from './masks';
import { newSmsCode, smsCodeHash } from './sms-code';

const bytesOf = (...values: number[]) => {
  const queue = [...values];
  return () => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, queue.shift() ?? 0);
    return new Uint8Array(view.buffer);
  };
};

describe('a code sent by SMS', () => {
  it('has six digits, with the zeros in front', () => {
    expect(newSmsCode(bytesOf(7))).toBe('000007');
    expect(newSmsCode(bytesOf(123_999_999))).toBe('999999');
  });

  it('draws again above the last whole million, so that no code is likelier than another', () => {
    expect(newSmsCode(bytesOf(4_294_000_000, 4_294_967_295, 42))).toBe('000042');
    expect(newSmsCode(bytesOf(4_293_999_999))).toBe('999999');
  });

  it('ends with a fault, not for ever, where the source of chance is broken', () => {
    expect(() => newSmsCode(() => new Uint8Array([255, 255, 255, 255]))).toThrow('repeats');
  });

  it('is stored under a key, for one account and one message', () => {
    const code = { schoolId: 'bistu', accountNo: 7, requestId: 'r', digits: '123456' };
    const key = new Uint8Array(32).fill(1);
    const others = [
      smsCodeHash(new Uint8Array(32).fill(2), code),
      smsCodeHash(key, { ...code, accountNo: 8 }),
      smsCodeHash(key, { ...code, requestId: 's' }),
      smsCodeHash(key, { ...code, digits: '123457' }),
      smsCodeHash(key, { ...code, schoolId: 'dufl' }),
    ];
    expect(new Set([smsCodeHash(key, code), ...others]).size).toBe(6);
  });
});

describe('a mask', () => {
  it.each([
    ['2021000037', '2021****37'],
    ['1234567', '12****67'],
    ['12345', '****45'],
    ['123456', '****56'],
    ['1234', '****4'],
    ['1', '****1'],
  ])('shows of the number %s only %s', (number, masked) => {
    expect(maskNumber(number)).toBe(masked);
  });

  it('shows three digits and four of a mobile number', () => {
    expect(maskMobile('19900001234')).toBe('199****1234');
  });
});

import { errorTable } from '../../shared/errors';

describe('the error table', () => {
  it.each(Object.entries(errorTable))('%s has a status, a Chinese and an English message', (code, text) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(Number.isInteger(text.status) && text.status >= 400 && text.status <= 599).toBe(true);
    expect(text.zh).toMatch(/\p{Script=Han}/u);
    expect(text.en).toMatch(/^[A-Z][\x20-\x7e]+\.$/);
  });
});

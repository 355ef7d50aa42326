import * as v from 'valibot';
import { AppError } from '../../shared/errors';
import { errorFields } from './logger';

describe('what an error may say in a log', () => {
  test('an error of ours says its code and detail', () => {
    expect(errorFields(new AppError('top-up.over-cap', { maxFen: 20_000 }))).toEqual({ error: 'top-up.over-cap', maxFen: 20_000 });
  });

  test('numbers of people, keys, tokens and quoted text are cut out of any other message', () => {
    const token = 'q83vEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0Vng';
    const { reason } = errorFields(new Error(`no holder 2021000037 named "王小明" with token ${token} and 'secret'`));
    expect(reason).toContain('no holder');
    for (const private_ of ['2021000037', '王小明', token, 'secret']) expect(reason).not.toContain(private_);
  });

  test('a schema error does not quote what it was given', () => {
    const wrong = v.safeParse(v.pipe(v.string(), v.maxLength(2)), 'my password');
    const error = new v.ValiError(wrong.issues ?? [{} as never]);
    expect(JSON.stringify(errorFields(error))).not.toContain('my password');
    expect(errorFields(error).reason).toBe('schema');
  });

  test('something thrown that is no error says only its type', () => {
    expect(errorFields('2021000037')).toEqual({ error: 'string' });
  });
});

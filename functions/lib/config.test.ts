import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { key32Setting, loadEnvironment, publicBaseUrlSetting, readConfig, tableSettings } from './config';

const tables = { PASSBOOK_TABLE: 'ecode-passbook-dev', RECORDS_TABLE: 'ecode-records-dev' };

describe('settings', () => {
  it('are parsed, with the engine’s address only where there is one', () => {
    expect(readConfig(v.object(tableSettings), { ...tables, OTHER: 'x' })).toEqual(tables);
    const local = { ...tables, DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' };
    expect(readConfig(v.object(tableSettings), local)).toEqual(local);
  });

  it('that are wrong are named, and their value is not', () => {
    const schema = v.object({ ECODE_MASTER_KEY: key32Setting });
    for (const value of [undefined, '', 'not base64!', randomBytes(31).toString('base64'), randomBytes(33).toString('base64')]) {
      try {
        readConfig(schema, { ECODE_MASTER_KEY: value });
        throw new Error('accepted');
      } catch (error) {
        expect(error).toMatchObject({ code: 'config.invalid', detail: { setting: 'ECODE_MASTER_KEY' } });
        expect(Object.keys((error as { detail: object }).detail)).toEqual(['setting']);
      }
    }
    expect(readConfig(schema, { ECODE_MASTER_KEY: randomBytes(32).toString('base64') }).ECODE_MASTER_KEY).toHaveLength(32);
  });

  it('lose the slash at the end of our own address', () => {
    const schema = v.object(publicBaseUrlSetting);
    expect(readConfig(schema, { ECODE_PUBLIC_BASE_URL: 'https://card.example/app/' }).ECODE_PUBLIC_BASE_URL).toBe(
      'https://card.example/app',
    );
    expect(() => readConfig(schema, { ECODE_PUBLIC_BASE_URL: 'https://card.example/?a' })).toThrow('config.invalid');
  });
});

describe('the secret of a function', () => {
  const secret = (body: unknown, status = 200) => {
    const asked: { url: string; headers: Record<string, string> }[] = [];
    const fetch: typeof globalThis.fetch = async (url, init) => {
      asked.push({ url: String(url), headers: init?.headers as Record<string, string> });
      return new Response(JSON.stringify(body), { status });
    };
    return { asked, fetch };
  };
  const environment = { SETTINGS_SECRET_ID: 'ecode-card/dev/student', AWS_SESSION_TOKEN: 'token', KEPT: 'yes', OVER: 'environment' };

  it('is not asked for where none is named', async () => {
    const { asked, fetch } = secret({});
    expect(await loadEnvironment({ SETTINGS_SECRET_ID: '', KEPT: 'yes' }, fetch)).toMatchObject({ KEPT: 'yes' });
    expect(asked).toHaveLength(0);
  });

  it('is asked of the extension on this machine and laid over the environment', async () => {
    const { asked, fetch } = secret({ SecretString: JSON.stringify({ OVER: 'secret', ECODE_MASTER_KEY: 'k' }) });
    expect(await loadEnvironment(environment, fetch)).toMatchObject({ KEPT: 'yes', OVER: 'secret', ECODE_MASTER_KEY: 'k' });
    expect(asked).toEqual([
      {
        url: 'http://127.0.0.1:2773/secretsmanager/get?secretId=ecode-card%2Fdev%2Fstudent',
        headers: { 'x-aws-parameters-secrets-token': 'token' },
      },
    ]);
  });

  it.each([
    ['a refusal', { message: 'no' }, 400],
    ['an answer of another form', { Secret: 1 }, 200],
    ['a secret that is no object of texts', { SecretString: '[1]' }, 200],
    ['a secret that is no JSON', { SecretString: 'hunter2' }, 200],
  ])('that comes as %s stops the start without quoting it', async (_name, body, status) => {
    const { fetch } = secret(body, status);
    const error = await loadEnvironment(environment, fetch).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'config.invalid', detail: { setting: 'SETTINGS_SECRET_ID' } });
    expect(JSON.stringify(error.detail)).not.toContain('hunter2');
  });
});

import * as v from 'valibot';
import { AppError } from '../../shared/errors';

/** Variables by name: the process environment, and over it the secret that serverless.yml names. */
export type Environment = Readonly<Record<string, string | undefined>>;

const secretAnswerSchema = v.object({ SecretString: v.string() });
const secretSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** Where the Secrets Manager extension layer listens inside a Lambda. */
const EXTENSION_PORT = 2773;

/**
 * The environment with the variables of `SETTINGS_SECRET_ID`, asked of the extension on this Lambda's own address.
 * Where no secret is named (locally, in tests) it is the environment as it is.
 * @throws AppError config.invalid
 */
export async function loadEnvironment(environment: Environment, fetch: typeof globalThis.fetch): Promise<Environment> {
  const secretId = environment.SETTINGS_SECRET_ID ?? '';
  if (secretId === '') return environment;
  const port = environment.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? String(EXTENSION_PORT);
  const answer = await fetch(`http://127.0.0.1:${port}/secretsmanager/get?secretId=${encodeURIComponent(secretId)}`, {
    headers: { 'x-aws-parameters-secrets-token': environment.AWS_SESSION_TOKEN ?? '' },
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new AppError('config.invalid', { setting: 'SETTINGS_SECRET_ID', status: answer.status });
  const found = v.safeParse(secretAnswerSchema, await answer.json());
  const secret = found.success ? v.safeParse(secretSchema, found.output.SecretString) : found;
  // Neither issue is passed on: it would quote the secret.
  if (!secret.success) throw new AppError('config.invalid', { setting: 'SETTINGS_SECRET_ID' });
  return { ...environment, ...(secret.output as Environment) };
}

/**
 * Parses the settings of one function, once, when it starts. Only the name of the bad variable is reported.
 * @throws AppError config.invalid
 */
export function readConfig<const S extends v.GenericSchema>(schema: S, environment: Environment): v.InferOutput<S> {
  const parsed = v.safeParse(schema, environment);
  if (parsed.success) return parsed.output;
  throw new AppError('config.invalid', { setting: v.getDotPath(parsed.issues[0]) ?? 'environment' });
}

/** A key of exactly 32 bytes, base64. */
export const key32Setting = v.pipe(
  v.string(),
  v.base64(),
  v.transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  v.check((bytes) => bytes.length === 32),
);

/** A JSON object in one variable; the platform's own schema parses what is in it. */
export const jsonSetting = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

const tableName = v.pipe(v.string(), v.regex(/^[\w.-]{3,255}$/));

/** Of every function that reaches the tables. `DYNAMODB_ENDPOINT` is set only where the engine is not AWS's own. */
export const tableSettings = {
  PASSBOOK_TABLE: tableName,
  RECORDS_TABLE: tableName,
  DYNAMODB_ENDPOINT: v.optional(v.pipe(v.string(), v.url())),
};

/** Root of the schools' keys (docs/decisions/0004-keys.md). */
export const masterKeySetting = { ECODE_MASTER_KEY: key32Setting };

/** Our own page: where a platform's consent page comes back to. */
export const publicBaseUrlSetting = {
  ECODE_PUBLIC_BASE_URL: v.pipe(
    v.string(),
    v.url(),
    v.regex(/^https?:\/\/[^?#]+$/),
    v.transform((text) => text.replace(/\/+$/, '')),
  ),
};

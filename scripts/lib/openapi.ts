import { type JsonSchema, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { type ApiCaller, type ApiRoute, errorsOf } from '../../shared/api/route';
import { apiRoutes, apiSchemas } from '../../shared/api/routes';
import { terminalHeaders } from '../../shared/api/terminal';
import { type ErrorCode, errorTable } from '../../shared/errors';

/** What of a schema JSON Schema cannot say; the server checks it all the same. */
const ignoreActions = ['trim', 'check'];
// The wire carries what goes into a schema: a number of fen, not our brand of it.
const options = { target: 'draft-2020-12', typeMode: 'input', ignoreActions } as const;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
type JsonObject = { readonly [name: string]: Json | undefined };

/** docs/openapi.json: OpenAPI 3.1 from the schemas the product itself parses with. The same input gives the same text. */
export function openApiText(): string {
  return `${JSON.stringify(document(), undefined, 2)}\n`;
}

function document(): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of apiRoutes) {
    paths[route.path] ??= {};
    const path = paths[route.path];
    if (path !== undefined) path[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'e-code card',
      version: '1',
      summary: 'Campus card: students, terminals, staff and the callbacks of the payment platforms',
      description:
        'Money is a whole number of fen. Instants are ISO 8601 with offset. A refusal carries one code of ErrorBody, with a sentence in Chinese and in English.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'student', description: 'A student’s phone' },
      { name: 'terminal', description: 'POS and kiosk; signing is described in docs/terminal-api.md' },
      { name: 'staff', description: 'Finance, the card office, merchants, auditors' },
      { name: 'callbacks', description: 'WeChat Pay and Alipay' },
    ],
    paths,
    components: {
      schemas: { ...components(), ErrorCode: { type: 'string', enum: Object.keys(errorTable) } },
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The session token of POST /student/sign-in.' },
        staff: { type: 'http', scheme: 'bearer', description: 'The session token of POST /staff/sign-in.' },
      },
    },
  };
}

function components(): JsonObject {
  return plain(toJsonSchemaDefs(apiSchemas, { ...options, overrideRef: ({ referenceId }) => reference(referenceId) }));
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

function operation(route: ApiRoute): JsonObject {
  const parameters = parametersOf(route);
  const tag = route.path.split('/')[1] ?? '';
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: { ...success(route), ...refusals(route) },
    security: ['session', 'visitor', 'holder'].includes(route.caller) ? [{ session: [] }] : route.caller === 'staff' ? [{ staff: [] }] : [],
  };
}

function parametersOf(route: ApiRoute): readonly JsonObject[] {
  const headers: v.ObjectEntries = route.caller === 'terminal' ? terminalHeaders.entries : {};
  return [
    ...Object.entries(route.params ?? {}).map(([name, schema]) => parameter('path', name, schema)),
    ...Object.entries(route.query?.entries ?? {}).map(([name, schema]) => parameter('query', name, schema)),
    ...Object.entries(headers).map(([name, schema]) => parameter('header', name, schema)),
  ];
}

function parameter(place: 'path' | 'query' | 'header', name: string, schema: v.GenericSchema): JsonObject {
  return { name, in: place, required: schema.type !== 'optional', schema: converted(schema) };
}

function converted(schema: v.GenericSchema): JsonObject {
  const { $schema: _, ...rest } = plain(toJsonSchema(schema, options));
  return rest;
}

function requestBody(route: ApiRoute): JsonObject {
  const content = VENDOR_BODIES[route.caller] ?? (route.body === undefined ? undefined : json({ $ref: reference(route.body) }));
  return content === undefined ? {} : { requestBody: { required: true, content } };
}

/** Read by the platform's adapter after its signature: only the form is told here. */
const VENDOR_BODIES: Partial<Record<ApiCaller, JsonObject>> = {
  'wechat-pay': json({
    type: 'object',
    description: 'The APIv3 envelope; headers Wechatpay-Serial, -Timestamp, -Nonce and -Signature cover its bytes.',
  }),
  alipay: {
    'application/x-www-form-urlencoded': { schema: { type: 'object', description: 'All parameters with sign and sign_type=RSA2.' } },
  },
};

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } };
}

function success(route: ApiRoute): JsonObject {
  if (route.caller === 'wechat-pay') return { '204': { description: 'Taken: the platform sends it no more.' } };
  if (route.caller === 'alipay') {
    return { '200': { description: 'Taken: the platform sends it no more.', content: { 'text/plain': { schema: { const: 'success' } } } } };
  }
  if (route.file === true) {
    return { '200': { description: 'A file.', content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } } };
  }
  return { '200': { description: 'Done.', content: json({ $ref: reference(route.reply ?? 'EmptyReply') }) } };
}

/** By status: the codes of that status, in ErrorBody, in the reply's own form, or in the vendor's. */
function refusals(route: ApiRoute): JsonObject {
  const errors = errorsOf(route);
  const answers = route.answers ?? [];
  const statuses = [...new Set([...errors, ...answers].map(statusOf))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const here = errors.filter((code) => statusOf(code) === status);
      const answered = answers.filter((code) => statusOf(code) === status);
      const codes = [...new Set([...here, ...answered])].sort();
      return [String(status), { description: codes.join(', '), content: refusalContent(route, here, answered) }];
    }),
  );
}

function statusOf(code: ErrorCode): number {
  return errorTable[code].status;
}

function refusalContent(route: ApiRoute, errors: readonly ErrorCode[], answers: readonly ErrorCode[]): JsonObject {
  if (route.caller === 'wechat-pay') return json({ type: 'object', properties: { code: { const: 'FAIL' }, message: { type: 'string' } } });
  if (route.caller === 'alipay') return { 'text/plain': { schema: { type: 'string', not: { const: 'success' } } } };
  const forms = [
    ...(errors.length === 0 ? [] : [withCodes('ErrorBody', 'error', errors)]),
    ...(answers.length === 0 ? [] : [withCodes(route.reply ?? 'EmptyReply', 'reason', answers)]),
  ];
  const [first = {}] = forms;
  return json(forms.length === 1 ? first : { oneOf: forms });
}

function withCodes(name: string, member: string, codes: readonly ErrorCode[]): JsonObject {
  const narrowed = { type: 'object', properties: { [member]: { type: 'object', properties: { code: { enum: [...codes].sort() } } } } };
  return { allOf: [{ $ref: reference(name) }, narrowed] };
}

/** A JSON Schema is JSON; its type names more than we look at. */
function plain(schema: JsonSchema | Readonly<Record<string, JsonSchema>>): JsonObject {
  return schema as JsonObject;
}

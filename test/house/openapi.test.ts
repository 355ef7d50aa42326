import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { staffRoutes } from '../../functions/staff/routes';
import { dataRoutes } from '../../functions/student/data-routes';
import { entryRoutes } from '../../functions/student/entry-routes';
import { moneyRoutes } from '../../functions/student/money-routes';
import { studentRoutes } from '../../functions/student/routes';
import type { StaffWiring } from '../../functions/wiring/staff';
import type { StudentWiring } from '../../functions/wiring/student';
import type { StudentDataWiring } from '../../functions/wiring/student-data';
import type { StudentEntryWiring } from '../../functions/wiring/student-entry';
import type { StudentMoneyWiring } from '../../functions/wiring/student-money';
import { openApiText } from '../../scripts/lib/openapi';
import { errorsOf } from '../../shared/api/route';
import { apiRoutes } from '../../shared/api/routes';
import { type ErrorCode, errorTable } from '../../shared/errors';

const root = path.resolve(__dirname, '../..');
const addresses = (prefix: string): string[] =>
  apiRoutes
    .filter((route) => route.path.startsWith(prefix))
    .map(({ method, path: address }) => `${method} ${address}`)
    .sort();

test('docs/openapi.json is what the schemas say now (npm run openapi)', () => {
  expect(readFileSync(path.join(root, 'docs/openapi.json'), 'utf8')).toBe(openApiText());
});

/** The routers behind the addresses that end in a proxy, and what each lies under. */
const routers = {
  // Routes are made from the wiring and call nothing of it until they are asked.
  '/student/': studentRoutes(fake<StudentWiring>()),
  '/student/money/': moneyRoutes(fake<StudentMoneyWiring>()),
  '/student/entry/': entryRoutes(fake<StudentEntryWiring>()),
  '/student/my-data': dataRoutes(fake<StudentDataWiring>()),
  '/staff/': staffRoutes(fake<StaffWiring>()),
} as const;

/** Answers anything with itself: enough to build a router. */
function fake<T extends object>(): T {
  const proxy: T = new Proxy(Object.create(null), { get: () => proxy });
  return proxy;
}

test.each(Object.entries(routers))('every address of the router under %s is in it, and no other', (prefix, app) => {
  const routed = app.routes.map(({ method, path: address }) => `${method} ${address.replace(/:(\w+)/g, '{$1}')}`);
  const told = addresses(prefix).filter((address) => prefix !== '/student/' || !/ \/student\/(money\/|entry\/|my-data)/.test(address));
  expect([...new Set(routed)].sort()).toEqual(told);
});

test('every address of the other functions in serverless.yml is in it, and no other', () => {
  const template = parse(readFileSync(path.join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  const functions: { events?: { httpApi?: string }[] }[] = Object.values(template.functions);
  const events = functions.flatMap(({ events = [] }) => events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [httpApi])));
  const proxies = Object.keys(routers).flatMap((prefix) =>
    // An address that is one itself, too.
    prefix.endsWith('/') ? [`ANY ${prefix}{proxy+}`] : [`GET ${prefix}`, `ANY ${prefix}/{proxy+}`],
  );
  expect(events.filter((event) => proxies.includes(event)).sort()).toEqual([...proxies].sort());
  const others = events.filter((event) => !proxies.includes(event));
  expect(others.sort()).toEqual([...addresses('/terminal/'), ...addresses('/callbacks/')].sort());
});

test('every path parameter is described, and ids are said once', () => {
  for (const { path: address, params = {} } of apiRoutes) {
    expect([...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(params));
  }
  expect(new Set(apiRoutes.map(({ id }) => id)).size).toBe(apiRoutes.length);
});

test('every error code is told at some address, but those that no request can meet', () => {
  const told = new Set<ErrorCode>(apiRoutes.flatMap((route) => [...errorsOf(route), ...(route.answers ?? [])]));
  const codes = Object.keys(errorTable).filter((code) => !told.has(code as ErrorCode));
  expect(codes.sort()).toEqual(NOT_OVER_HTTP);
});

/**
 * A roster is read by a job, and so are bills: why one failed stands in the day's record. A platform's refusal of a refund stands on the refund. A till
 * without network refuses a pass by itself, in the words of the table. That an e-mail did not go out is counted: telling it would name who has an address.
 */
const NOT_OVER_HTTP: readonly string[] = [
  'auth.mail-refused',
  'auth.mail-unavailable',
  'bill.damaged',
  'bill.malformed',
  'bill.not-ready',
  'bill.other-day',
  'bill.other-merchant',
  'bill.refused',
  'bill.totals',
  'bill.unavailable',
  'messages.platform-refused',
  'messages.platform-unavailable',
  'native.unavailable',
  'pass.revoked',
  'pass.used',
  'refund.platform-refused',
  'roster.unreadable',
];

test('every refusal that an operation says it throws is told at its address', () => {
  const checked: string[] = [];
  for (const route of apiRoutes) {
    const file = path.join(root, 'functions/operations', `${route.id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`);
    if (!existsSync(file)) continue;
    const comment =
      new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*export (?:async )?function ${route.id}\\(`).exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    const thrown = [...comment.matchAll(/`([a-z-]+\.[a-z-]+)`/g)].map(([, code]) => code ?? '').filter((code) => code in errorTable);
    const told: readonly string[] = errorsOf(route);
    expect({ address: route.path, missing: thrown.filter((code) => !told.includes(code)) }).toEqual({ address: route.path, missing: [] });
    if (thrown.length > 0) checked.push(route.id);
  }
  expect(checked.length).toBeGreaterThan(15);
});

test('the document is OpenAPI 3.1 whose references all lead somewhere', () => {
  const document = JSON.parse(openApiText());
  expect(document.openapi).toBe('3.1.0');
  const names = new Set(Object.keys(document.components.schemas));
  const references = [...openApiText().matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference]) => reference ?? '');
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) expect(names.has(reference.replace('#/components/schemas/', ''))).toBe(true);
});

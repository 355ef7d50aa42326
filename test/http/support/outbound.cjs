/**
 * Preloaded into the functions by a test (NODE_OPTIONS=--require): writes down every request they send, by whatever client, as
 * `<function> <host> <method> <path>`, one a line, into the file that OUTBOUND_LOG names.
 */
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');

const file = process.env.OUTBOUND_LOG;
const sender = () => process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'none';
const note = (host, method, path) => appendFileSync(file, `${sender()} ${host} ${method} ${path}\n`);

if (file) {
  subscribe('undici:request:create', ({ request }) => note(request.origin, request.method, request.path));
  subscribe('http.client.request.start', ({ request }) =>
    note(`${request.protocol}//${request.getHeader('host')}`, request.method, request.path),
  );
}

/**
 * The import directions of docs/decisions and the README's map. Each rule names what a folder may reach; all else is refused.
 * Tests may also use the embedded engine and the sandbox: a test is not shipped.
 */
const test = '\\.test\\.tsx?$|^functions/test/';

/** @returns {import('dependency-cruiser').IForbiddenRuleType} */
const only = (name, comment, from, to, { fromNot = test } = {}) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...(fromNot ? { pathNot: fromNot } : {}) },
  to: { path: '^(miniapp|functions|shared|console|packs|sandbox|bench|scripts|test)/', pathNot: to },
});

const entries = ['student', 'terminal', 'callbacks', 'staff', 'jobs'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-test',
      comment: 'What ships never imports a test.',
      severity: 'error',
      from: { pathNot: `${test}|^test/` },
      to: { path: test },
    },
    only('shared-alone', 'shared is what both sides agree on: it imports nothing of ours.', '^shared/', '^shared/'),
    only('miniapp-to-shared', 'The miniapp knows the server by its contract only.', '^miniapp/', '^(miniapp|shared)/'),
    only('console-to-shared', 'The console knows the server by its contract only.', '^console/', '^(console|shared)/'),
    ...entries.map((folder) =>
      only(
        `entry-${folder}`,
        'An entry parses, calls one operation, renders: wiring, operations, lib, and its own folder.',
        `^functions/${folder}/`,
        `^(functions/(wiring|operations|lib|${folder})|shared)/`,
      ),
    ),
    only(
      'wiring',
      'The composition root builds store, platforms, clock and randomness.',
      '^functions/wiring/',
      '^(functions/(wiring|operations|store|platforms|lib|domain)|shared)/',
    ),
    only(
      'operations',
      'Operations decide; store and platforms come as parameters.',
      '^functions/operations/',
      '^(functions/(operations|domain|lib|store|platforms)|shared)/',
    ),
    {
      name: 'operations-only-types-of-io',
      comment: 'Instances of store and platforms are parameters of operations, so only their types may be imported.',
      severity: 'error',
      from: { path: '^functions/operations/', pathNot: test },
      to: { path: '^functions/(store|platforms)/', dependencyTypesNot: ['type-only'] },
    },
    only('store', 'One file per entity, over domain and lib.', '^functions/store/', '^(functions/(store|domain|lib)|shared)/'),
    only(
      'platforms',
      'One contract, an implementation per vendor, over domain and lib.',
      '^functions/platforms/',
      '^(functions/(platforms|domain|lib)|shared)/',
    ),
    only('lib', 'lib is below everything else in functions.', '^functions/lib/', '^(functions/lib|shared)/'),
    only('domain', 'Rules are pure: shared only.', '^functions/domain/', '^(functions/domain|shared)/'),
    {
      name: 'domain-no-sdk',
      comment: 'No SDK, no clock, no file in the rules. Hashes of node:crypto are functions like any other.',
      severity: 'error',
      from: { path: '^functions/domain/', pathNot: test },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'core'],
        pathNot: 'node_modules/(@noble/|valibot/)|^(node:)?crypto$',
      },
    },
    {
      name: 'shared-runs-anywhere',
      comment: 'shared is bundled into the miniapp, where Node does not exist.',
      severity: 'error',
      from: { path: '^shared/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nothing-imports-sandbox',
      comment: 'What ships does not know that the sandbox exists.',
      severity: 'error',
      from: { path: '^(functions|miniapp|console|shared|packs)/', pathNot: test },
      to: { path: '^(sandbox|bench|scripts|test)/' },
    },
    {
      name: 'sandbox-never-platforms',
      comment: 'A stand-in that shares our signer proves nothing.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^functions/platforms/' },
    },
    {
      name: 'payment-no-platform-sdk',
      comment: 'The payment function never bundles a payment SDK; of what terminals ask, only native codes and refunds reach a platform.',
      severity: 'error',
      from: { path: '^functions/(terminal|wiring/(terminal|payment))', pathNot: `/(terminal-)?(native|refunds)\\.ts$|${test}` },
      to: { path: 'node_modules/(wechatpay-node-v3|alipay-sdk)/', reachable: true },
    },
    {
      name: 'platform-sdks-in-platforms',
      comment: 'A vendor is known in one folder.',
      severity: 'error',
      from: { path: '^(functions|sandbox|shared|miniapp)/', pathNot: `^functions/platforms/|${test}` },
      to: { path: 'node_modules/(wechatpay-node-v3|alipay-sdk)/' },
    },
    {
      name: 'aws-sdk-in-store',
      comment: 'Only the store and its wiring speak DynamoDB.',
      severity: 'error',
      from: { path: '^functions/', pathNot: `^functions/(store|wiring)/|${test}` },
      to: { path: 'node_modules/@aws-sdk/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(miniapp/dist|\\.serverless|\\.esbuild|\\.tmp|\\.data)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};

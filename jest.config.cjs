/**
 * Unit and integration tests, one project a folder. Whole stories on the built packages and in Chromium are in
 * jest.stories.config.cjs, because they need built packages and take minutes.
 */
const swc = (target) => [
  '@swc/jest',
  {
    jsc: {
      target,
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
    },
    module: { type: 'commonjs' },
  },
];

/** Published as ES modules only, so that jest must turn them into CommonJS. */
const esmPackages = ['@noble', 'uqr', '@valibot'];

const project = (folder, more = {}) => ({
  displayName: folder,
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/${folder}/**/*.test.{ts,tsx}`],
  modulePathIgnorePatterns: ['<rootDir>/miniapp/dist', '<rootDir>/.tmp', '<rootDir>/.serverless', '<rootDir>/.esbuild'],
  transform: { '\\.[cm]?[jt]sx?$': swc('es2022') },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  setupFiles: ['<rootDir>/test/support/environment.cjs'],
  ...more,
});

module.exports = {
  projects: [
    project('shared'),
    project('functions'),
    project('sandbox'),
    project('packs'),
    project('bench'),
    project('miniapp', { moduleNameMapper: { '\\.(css|scss)$': '<rootDir>/test/support/style-stub.cjs' } }),
    project('test/house'),
    project('test/deploy'),
  ],
  maxWorkers: 2,
  testSequencer: '<rootDir>/scripts/lib/long-first.cjs',
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000,
};

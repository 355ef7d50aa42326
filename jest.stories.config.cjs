/**
 * Against the running stack: every refusal and every crash over HTTP, and whole stories on the built packages and the browser build, which
 * need the builds (`npm test` makes them).
 */
const base = require('./jest.config.cjs');

const [{ displayName: _displayName, testMatch: _testMatch, ...project }] = base.projects;

module.exports = {
  ...base,
  projects: ['test/http', 'test/start', 'test/packages', 'test/guides', 'test/e2e'].map((folder) => ({
    ...project,
    displayName: folder,
    testMatch: [`<rootDir>/${folder}/**/*.test.ts`],
  })),
  // One stack at a time: two cores.
  maxWorkers: 1,
  testTimeout: 120_000,
};

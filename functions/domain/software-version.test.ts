import { isOlder } from './software-version';

test.each([
  ['2.9', '2.10', true],
  ['2.10', '2.9', false],
  ['2', '2.0', false],
  ['2.0', '2', false],
  ['1.99.99', '2.0', true],
  ['2.0.0.1', '2.0', false],
])('%s is older than %s: %s', (version, oldest, older) => {
  expect(isOlder(version, oldest)).toBe(older);
});

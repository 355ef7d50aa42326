import fc from 'fast-check';
import { topLevelMembers } from './top-level';

test('gives each member as the text it was written in', () => {
  const text = '{ "a" : {"b":"}\\"{", "c":[1,{"d":","}]} , "sign":"x\\/y" }';
  expect([...(topLevelMembers(text) ?? [])]).toEqual([
    ['a', '{"b":"}\\"{", "c":[1,{"d":","}]}'],
    ['sign', '"x\\/y"'],
  ]);
});

test.each([
  ['a name that comes twice', '{"a":1,"a":2}'],
  ['a name spelt with an escape', '{"\\u0061":1}'],
  ['something after the object', '{"a":1} {"a":2}'],
  ['a missing end', '{"a":{"b":1}'],
  ['a missing value', '{"a":,"b":1}'],
  ['a trailing comma', '{"a":1,}'],
  ['an array', '[1]'],
  ['no name', '{1:2}'],
  ['nothing', ''],
  ['an unclosed string', '{"a":"b'],
])('refuses %s', (_what, text) => {
  expect(topLevelMembers(text)).toBeUndefined();
});

test('agrees with JSON.parse on every object', () => {
  const name = fc.string().filter((text) => JSON.stringify(text) === `"${text}"` && text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue(), { minKeys: 1 }), fc.nat(3), (object, indent) => {
      const members = topLevelMembers(JSON.stringify(object, null, indent));
      const read = Object.fromEntries([...(members ?? [])].map(([key, text]) => [key, JSON.parse(text)]));
      expect(read).toEqual(JSON.parse(JSON.stringify(object)));
    }),
    { numRuns: 500 },
  );
});

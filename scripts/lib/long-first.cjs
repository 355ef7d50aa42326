/**
 * Jest orders files by how long they took last time. A fresh clone does not know, so that one of a minute may be begun when all others are done,
 * and one of two cores waits for it. These are begun first; the rest stay in jest's own order.
 */
const { default: Sequencer } = require('@jest/test-sequencer');
const { existsSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
/** Every file that takes ten seconds or more on two cores, longest first. */
const LONG = [
  'functions/test/simulation/simulation.test.ts',
  'functions/test/native-scripts.test.ts',
  'functions/test/simulation/planted-bugs.test.ts',
  'functions/test/sale.test.ts',
  'functions/test/forged-codes/forged-codes.test.ts',
  'test/deploy/package.test.ts',
  'functions/test/week/week.test.ts',
  'functions/test/week/planted-bugs.test.ts',
  'functions/test/import-roster.test.ts',
].map((name) => path.join(root, name));

const gone = LONG.filter((file) => !existsSync(file));
if (gone.length > 0) throw new Error(`no such test: ${gone.join(', ')}`);

/** Place of each in `LONG`; the others come after them all. */
const place = ({ path: file }) => (LONG.includes(file) ? LONG.indexOf(file) : LONG.length);

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
};

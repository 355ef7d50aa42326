import type { EntryView } from '../../../../../shared/api/common';
import { fen } from '../../../../../shared/money';
import { textOf } from '../../../i18n/text';
import { wordsOf } from '../i18n/words';
import { entryOf } from '../test/entries';
import { csvName, csvText, monthCsv, monthPasted } from './csv';

const zh = wordsOf(textOf('zh'));

/** As a table program reads it: quotes doubled inside quotes, lines ended by CR LF. */
function read(csv: string): string[][] {
  return csv
    .replace('\uFEFF', '')
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)|(?<=,)(?=,|$)/g)].map(([, quoted, plain]) => (quoted ?? plain ?? '').replace(/""/g, '"')),
    );
}

const sale = (more: Partial<EntryView> = {}) =>
  entryOf({
    n: 7,
    entryId: '31-42',
    amountFen: fen(-1_250),
    runningFen: fen(3_891),
    merchant: { zh: '一食堂 · 面食', en: 'Canteen 1' },
    fundedFrom: 'card',
    ...more,
  });

describe('a month as a table', () => {
  it('begins with the mark by which Excel knows UTF-8, and ends each line as a table program expects', () => {
    const csv = monthCsv([sale()], zh, 480);
    expect(csv.startsWith('\uFEFF"编号",')).toBe(true);
    expect(Buffer.from(csv).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(csv.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  });

  it('has amounts as numbers with their sign, and ids that are no dates', () => {
    const [, row] = read(monthCsv([sale()], zh, 480));
    expect(row).toEqual([
      '7',
      '2026-11-21 12:08:17',
      '2026-11-21 12:08:15',
      '消费',
      '一食堂 · 面食',
      '-12.50',
      '38.91',
      '0.00',
      '校园卡',
      '',
      '#31-42',
    ]);
  });

  it('is oldest first: a book is read downward', () => {
    const rows = read(monthCsv([sale({ n: 9 }), sale({ n: 8 }), sale({ n: 7 })], zh, 480));
    expect(rows.slice(1).map(([n]) => n)).toEqual(['7', '8', '9']);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1', '＋1', '－1', '＠x'])(
    'never gives a formula: %j',
    (name) => {
      const [, row] = read(monthCsv([sale({ merchant: { zh: name, en: name } })], zh, 480).replace(/"'[\r\n]=1"/, `"'x"`));
      expect(row?.[4]?.startsWith("'")).toBe(true);
    },
  );

  it('keeps quotes, commas and line ends inside their cell', () => {
    expect(csvText('a "b", c')).toBe('"a ""b"", c"');
    const [, row] = read(monthCsv([sale({ merchant: { zh: '“面”, "汤"', en: '' } })], zh, 480));
    expect(row?.[4]).toBe('“面”, "汤"');
  });

  it('of an empty month is its head alone', () => {
    expect(read(monthCsv([], zh, 480))).toHaveLength(1);
  });

  it('is pasted cell by cell, without the mark of a file, and what would end a cell is not in it', () => {
    const pasted = monthPasted([sale({ merchant: { zh: '面\t"汤"\r\n饭', en: '' } }), sale({ merchant: { zh: '\t=1', en: '' } })], zh, 480);
    const [head, evil, row, ...rest] = pasted.split('\r\n').map((line) => line.split('\t'));
    expect([head?.[0], head?.length, row?.length, rest]).toEqual(['编号', 11, 11, [['']]]);
    expect([row?.[4], row?.[5], evil?.[4]]).toEqual(['面 "汤" 饭', '-12.50', "' =1"]);
  });

  it('has a name that every system takes', () => {
    expect(csvName('dufl', '2026-11')).toBe('e-code-dufl-2026-11.csv');
  });
});

import fc from 'fast-check';
import iconv from 'iconv-lite';
import { citizenIdCheck } from '../../shared/citizen-id';
import { writeCardNumber } from './card-number';
import { type Roster, readRoster } from './roster-csv';

const HEADER = '学号,姓名,类别,身份证后7位,手机号,卡号';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (...lines: string[]): Roster => readRoster(utf8([HEADER, ...lines].join('\n')));
const faults = (roster: Roster): string[] => roster.errors.map(({ line, field, code }) => `${line} ${field} ${code}`);
const GOOD = '2021000037,王小明,学生,031482X,10000000037,60000037';

describe('reading a roster', () => {
  it('reads a good line', () => {
    expect(read(GOOD)).toEqual({
      encoding: 'utf-8',
      errors: [],
      ignoredColumns: [],
      rows: [
        {
          line: 2,
          number: '2021000037',
          name: '王小明',
          kind: 'student',
          idTail: '031482X',
          mobile: '10000000037',
          cardNumber: '60000037',
        },
      ],
    });
  });

  it.each<[string, (text: string) => Uint8Array, string]>([
    ['UTF-8', utf8, 'utf-8'],
    ['UTF-8 with a mark', (text) => utf8(`\uFEFF${text}`), 'utf-8'],
    ['GBK', (text) => iconv.encode(text, 'gbk'), 'gbk'],
    ['GB 18030', (text) => iconv.encode(text, 'gb18030'), 'gbk'],
    ['UTF-16 with a mark', (text) => iconv.encode(text, 'utf-16le', { addBOM: true }), 'utf-16le'],
  ])('reads %s with either line end', (_, encode, encoding) => {
    for (const end of ['\n', '\r\n']) {
      const roster = readRoster(encode([HEADER, GOOD, '2021000038,李小红,教工,,,', ''].join(end)));
      expect(roster.encoding).toBe(encoding);
      expect(roster.errors).toEqual([]);
      expect(roster.rows.map(({ name }) => name)).toEqual(['王小明', '李小红']);
    }
  });

  it('keeps a UTF-8 file UTF-8 when one line is damaged, and reports that line', () => {
    const bytes = Buffer.concat([
      utf8(`${HEADER}\n${GOOD}\n`),
      iconv.encode('2021000038,李小红,学生,,,\n', 'gbk'),
      utf8('2021000039,陈小华,学生,,,\n'),
    ]);
    const roster = readRoster(bytes);
    expect(roster.encoding).toBe('utf-8');
    expect(faults(roster)).toEqual(['3 row unreadable-character']);
    expect(roster.rows.map(({ name }) => name)).toEqual(['王小明', '陈小华']);
  });

  it('keeps a GBK file GBK when one line is UTF-8', () => {
    const lines = [HEADER, GOOD, '2021000038,李小红,学生,,,', '2021000039,陈小华,学生,,,'];
    const bytes = Buffer.concat([...lines.map((line) => iconv.encode(`${line}\n`, 'gbk')), utf8('2021000040,赵小兰,学生,,,\n')]);
    const roster = readRoster(bytes);
    expect(roster.encoding).toBe('gbk');
    expect(roster.rows.slice(0, 3).map(({ name }) => name)).toEqual(['王小明', '李小红', '陈小华']);
  });

  it('is not misled by names whose GBK bytes are UTF-8 too', () => {
    const lucky = iconv.decode(Buffer.from('\u017d\u0161', 'utf8'), 'gbk');
    const roster = readRoster(iconv.encode(`${HEADER}\n2021000037,${lucky},学生,,,`.replace('学生', 'student'), 'gbk'));
    expect(roster).toMatchObject({ encoding: 'gbk', rows: [{ name: lucky }] });
    const english = [
      'number,name,kind,id last 7,mobile,card number',
      `2021000037,${lucky},student,,,`,
      '2021000038,李小红,student,,,',
      '2021000039,王小明,student,,,',
    ];
    expect(readRoster(iconv.encode(english.join('\n'), 'gbk')).rows.map(({ name }) => name)).toEqual([lucky, '李小红', '王小明']);
  });

  it('takes columns in any order, in English, with others between', () => {
    const roster = readRoster(
      utf8('Card Number;Remark;Mobile;ID last 7;Kind;Name;Number\n60000037;x;10000000037;031482X;Staff;Wang Xiaoming;T-2021\n'),
    );
    expect(roster.rows[0]).toMatchObject({ number: 'T-2021', kind: 'staff', cardNumber: '60000037', idTail: '031482X' });
    expect(roster.ignoredColumns).toEqual(['Remark']);
  });

  it('reads quoted fields, with commas, quotes and lines inside', () => {
    const roster = readRoster(
      utf8(
        `${HEADER},备注\n"2021000037","王小明","学生","031482X","10000000037","60000037","说 ""好"", 然后\n换行"\n2021000038,李小红,学生,,,,\n`,
      ),
    );
    expect(roster.errors).toEqual([]);
    expect(roster.rows.map(({ line, number }) => [line, number])).toEqual([
      [2, '2021000037'],
      [4, '2021000038'],
    ]);
  });

  it('mends full-width digits, pasted spaces, +86 and what spreadsheets put before numbers', () => {
    const roster = read(
      "　２０２１0000３７ ,  王小明\u00A0,学生 , 031482ｘ ,+86 100-0000-0037,'60000037",
      '="2021000038",李 · 红,硕士生,,,',
    );
    expect(roster.errors).toEqual([]);
    expect(roster.rows[0]).toMatchObject({
      number: '2021000037',
      name: '王小明',
      idTail: '031482X',
      mobile: '10000000037',
      cardNumber: '60000037',
    });
    expect(roster.rows[1]).toMatchObject({ number: '2021000038', name: '李·红' });
  });

  it('takes the citizen number of a temporary card as its number (ST-54)', () => {
    const id = `99999920000101000${citizenIdCheck('99999920000101000')}`;
    expect(read(`${id.toLowerCase()},访客甲,临时卡,,,`).rows[0]).toMatchObject({ number: id, kind: 'temporary' });
  });

  it('refuses a mistyped citizen number, which would be kept in the clear and found by nobody (ST-54)', () => {
    const wrong = `99999920000101000${citizenIdCheck('99999920000101000') === '1' ? '2' : '1'}`;
    expect(read(`${wrong},访客甲,临时卡,,,`).errors).toMatchObject([{ field: 'number', code: 'citizen-id' }]);
  });

  it.each([
    [',王小明,学生,,,', 'number missing'],
    ['2.02E+09,王小明,学生,,,', 'number scientific-notation'],
    ['20,王小明,学生,,,', 'number number-form'],
    ['2021000037,,学生,,,', 'name missing'],
    ['2021000037,王小明<b>,学生,,,', 'name name-form'],
    [`2021000037,${'王'.repeat(65)},学生,,,`, 'name name-form'],
    ['2021000037,王小明,,,,', 'kind missing'],
    ['2021000037,王小明,校友,,,', 'kind unknown-kind'],
    ['2021000037,王小明,学生,31482X,,', 'idTail id-tail-form'],
    ['2021000037,王小明,学生,990101200001010000,,', 'idTail id-tail-form'],
    ['2021000037,王小明,学生,,1000000003,', 'mobile mobile-form'],
    ['2021000037,王小明,学生,,021-55550000,', 'mobile mobile-form'],
    ['2021000037,王小明,学生,,,6000 0037!', 'cardNumber card-number-form'],
    ['2021000037,王小明,学生,,,6.0E+07', 'cardNumber scientific-notation'],
    ['2021000037,王小明,学生,,', 'row column-count'],
    ['2021000037,王小明,学生,,,,1', 'row column-count'],
    ['2021000037,"王小明,学生,,,', 'row unclosed-quote'],
    ['2021000037,"王"小明,学生,,,', 'row text-after-quote'],
  ])('reports %s', (line, fault) => {
    const roster = read(line, GOOD);
    expect(faults(roster)).toEqual([`2 ${fault}`]);
    expect(roster.rows.map(({ line: at }) => at)).toEqual([3]);
    expect(roster.errors[0]?.message.zh).toMatch(/\p{Script=Han}/u);
    expect(JSON.stringify(roster.errors)).not.toMatch(/王|2021|1000/);
  });

  it('refuses a card number that would name another account', () => {
    const ours = writeCardNumber({ accountNo: 12, issue: 1 });
    expect(faults(read(`2021000037,王小明,学生,,,${ours}`))).toEqual(['2 cardNumber card-number-ours']);
  });

  it('reports several faults of one line at once', () => {
    expect(faults(read(',王小明,校友,,,'))).toEqual(['2 number missing', '2 kind unknown-kind']);
  });

  it('keeps the first of two lines with the same number or card and says where it is', () => {
    const roster = read(GOOD, ' 2021000037 ,李小红,学生,,,', '2021000038,陈小华,学生,,,60000037', '2021000039,赵小兰,学生,,,');
    expect(faults(roster)).toEqual(['3 number duplicate', '4 cardNumber duplicate']);
    expect(roster.errors.map(({ firstLine }) => firstLine)).toEqual([2, 2]);
    expect(roster.rows.map(({ line }) => line)).toEqual([2, 5]);
  });

  it('lets a stray quote cost one line, not the rest of the file', () => {
    const roster = read('2021000036,"赵小兰,学生,,,', ...Array.from({ length: 40 }, (_, i) => `20220000${10 + i},陈小华,学生,,,`), GOOD);
    expect(faults(roster)).toEqual(['2 row unclosed-quote']);
    expect(roster.rows).toHaveLength(41);
  });

  it.each([
    ['', 'empty'],
    ['\n \n', 'empty'],
    ['学号,姓名\n1,王', 'column missing'],
    [`${HEADER},学号\n`, 'column twice'],
    [`${HEADER}\n\0\0`, 'not text'],
    ['2021000037,王小明,学生,,,', 'column missing'],
  ])('refuses a file that is no roster: %j', (text, reason) => {
    expect(() => readRoster(utf8(text))).toThrow(
      expect.objectContaining({ code: 'roster.unreadable', detail: expect.objectContaining({ reason }) }),
    );
  });
});

const name = fc.stringMatching(/^[\u4e00-\u9fa5]{2,4}$/);
const row = fc.record({
  number: fc.stringMatching(/^[0-9]{10}$/),
  name,
  kind: fc.constantFrom('学生', '教工', '临时卡'),
  idTail: fc.oneof(fc.constant(''), fc.stringMatching(/^\d{6}[0-9X]$/)),
  mobile: fc.oneof(fc.constant(''), fc.stringMatching(/^1\d{10}$/)),
});
const rows = fc.uniqueArray(row, { selector: ({ number }) => number, minLength: 1, maxLength: 20 });
const written = (each: { number: string; name: string; kind: string; idTail: string; mobile: string }): string =>
  `${each.number},${each.name},${each.kind},${each.idTail},${each.mobile},`;

describe('any roster', () => {
  it('is read whole, in UTF-8 and in GBK alike', () => {
    fc.assert(
      fc.property(rows, (people) => {
        const text = [HEADER, ...people.map(written)].join('\r\n');
        const fromUtf8 = readRoster(utf8(text));
        const fromGbk = readRoster(iconv.encode(text, 'gbk'));
        expect(fromUtf8.rows.map(({ number, name: who }) => [number, who])).toEqual(people.map((each) => [each.number, each.name]));
        expect({ ...fromGbk, encoding: 'utf-8' }).toEqual(fromUtf8);
      }),
    );
  });

  it('gives every good line and a report for every bad one, wherever the bad ones stand', () => {
    const bad = fc.constantFrom('x', '"', '1,"2', ',,,,,', '2021,王,校友,1,2,!', '��,,,,,', '"a"b,,,,,');
    fc.assert(
      fc.property(rows, fc.array(fc.tuple(fc.nat(), bad), { maxLength: 5 }), (people, faultsAt) => {
        const lines: { text: string; number?: string }[] = people.map((each) => ({ text: written(each), number: each.number }));
        for (const [at, text] of faultsAt) lines.splice(at % (lines.length + 1), 0, { text });
        const roster = readRoster(utf8([HEADER, ...lines.map(({ text }) => text)].join('\n')));
        expect(roster.rows.map(({ line, number }) => [line, number])).toEqual(
          lines.flatMap(({ number }, index) => (number === undefined ? [] : [[index + 2, number]])),
        );
        const reported = new Set(roster.errors.map(({ line }) => line));
        expect([...reported]).toEqual(lines.flatMap(({ number }, index) => (number === undefined ? [index + 2] : [])));
      }),
    );
  });

  it('or any other bytes give rows and reports, or the one refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, withHeader) => {
        const bytes = withHeader ? Buffer.concat([utf8(`${HEADER}\n${GOOD}\n`), noise]) : noise;
        try {
          const roster = readRoster(bytes);
          for (const each of roster.rows) expect(each.number).toMatch(/^[0-9A-Z-]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'roster.unreadable' });
        }
      }),
      { numRuns: 300 },
    );
  });
});

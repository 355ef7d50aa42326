import { PICTURE, type PictureContext, paintReport } from './paint-report';

it('writes all that the report says, within the picture', () => {
  const written: [string, number, number][] = [];
  const widths = new Map<string, number | undefined>();
  const drawn: [number, number, number, number][] = [];
  const context: PictureContext = {
    fillStyle: '',
    font: '',
    textAlign: '',
    textBaseline: '',
    fillRect: (...box) => drawn.push(box),
    fillText: (text, x, y, most) => {
      written.push([text, x, y]);
      widths.set(text, most);
    },
  };
  const lines = Array.from({ length: 6 }, (_, at) => ({ label: `label ${at}`, value: `value ${at}` }));
  paintReport(
    context,
    { school: 's', title: 't', amount: '¥1.00', lines, foot: 'f' },
    '#0b5d57',
    Array.from({ length: 12 }, (_, at) => at * 9),
  );
  expect(written.map(([text]) => text)).toEqual(['s', 't', '¥1.00', ...lines.flatMap(({ label, value }) => [label, value]), 'f']);
  for (const [, x, y] of written) expect(x > 0 && x < PICTURE.width && y > 0 && y < PICTURE.height).toBe(true);
  // A name however long does not reach its label.
  expect((widths.get('label 0') ?? 999) + (widths.get('value 0') ?? 999)).toBeLessThan(PICTURE.width - 120);
  // The last line stands above the foot.
  expect((written.at(-2)?.[2] ?? 0) + 40).toBeLessThan(written.at(-1)?.[2] ?? 0);
  for (const [x, y, width, height] of drawn) expect(x + width <= PICTURE.width && y >= 0 && y + height <= PICTURE.height).toBe(true);
});

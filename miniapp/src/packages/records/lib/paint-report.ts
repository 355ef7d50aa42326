/** The part of a canvas that the picture needs; the same in WeChat, Alipay and a browser. */
export interface PictureContext {
  fillStyle: unknown;
  font: string;
  textAlign: unknown;
  textBaseline: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, maxWidth?: number): void;
}

export interface PictureText {
  readonly school: string;
  readonly title: string;
  readonly amount: string;
  readonly lines: readonly { readonly label: string; readonly value: string }[];
  readonly foot: string;
}

export const PICTURE = { width: 750, height: 1_060 } as const;
const EDGE = 60;
/** A long name is drawn narrower, and not over its label. */
const LABEL = 210;
const FACE = '"PingFang SC", "Noto Sans SC", "Microsoft YaHei", sans-serif';
// A picture leaves the app, where no token reaches: the two inks of theme/tokens.scss, and white.
const INK = '#14201e';
const QUIET = '#4f5c5a';
const WHITE = '#ffffff';

/** The year as a picture for somebody else: no name, no number, no balance. */
export function paintReport(context: PictureContext, text: PictureText, brand: string, bars: readonly number[]): void {
  const write = (
    words: string,
    x: number,
    y: number,
    style: { size: number; color: string; bold?: boolean; right?: boolean; most?: number },
  ) => {
    context.font = `${style.bold ? '600 ' : ''}${style.size}px ${FACE}`;
    context.fillStyle = style.color;
    context.textAlign = style.right ? 'right' : 'left';
    context.textBaseline = 'alphabetic';
    context.fillText(words, x, y, style.most ?? PICTURE.width - 2 * EDGE);
  };
  context.fillStyle = WHITE;
  context.fillRect(0, 0, PICTURE.width, PICTURE.height);
  context.fillStyle = brand;
  context.fillRect(0, 0, PICTURE.width, 420);
  write(text.school, EDGE, 90, { size: 30, color: WHITE });
  write(text.title, EDGE, 150, { size: 44, color: WHITE, bold: true });
  write(text.amount, EDGE, 250, { size: 72, color: WHITE, bold: true });
  const slot = (PICTURE.width - 2 * EDGE) / 12;
  bars.forEach((width, at) => {
    const height = Math.max(4, width);
    context.fillStyle = 'rgba(255, 255, 255, 0.75)';
    context.fillRect(EDGE + at * slot, 390 - height, slot - 12, height);
  });
  text.lines.forEach(({ label, value }, at) => {
    const y = 510 + at * 84;
    write(label, EDGE, y, { size: 28, color: QUIET, most: LABEL });
    write(value, PICTURE.width - EDGE, y, { size: 32, color: INK, bold: true, right: true, most: PICTURE.width - 2 * EDGE - LABEL - 20 });
  });
  write(text.foot, EDGE, PICTURE.height - 50, { size: 24, color: QUIET });
}

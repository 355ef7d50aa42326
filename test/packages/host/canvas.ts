/**
 * A canvas that remembers its pixels and, of texts, the words: what the code screen and the year's picture need and no more. What is decoded
 * from it is what a camera would see on the phone.
 */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8ClampedArray;
}

export interface Painted extends Bitmap {
  /** What was written on it since its size was set. */
  readonly words: readonly string[];
}

export class CanvasNode {
  #width = 300;
  #height = 150;
  #pixels = new Uint8ClampedArray(300 * 150 * 4);
  #words: string[] = [];
  readonly #context: Context;

  constructor() {
    this.#context = new Context(
      (x, y, width, height, colour) => this.#fill(x, y, width, height, colour),
      (text) => this.#words.push(text),
    );
  }

  get width(): number {
    return this.#width;
  }
  set width(value: number) {
    this.#resize(value, this.#height);
  }
  get height(): number {
    return this.#height;
  }
  set height(value: number) {
    this.#resize(this.#width, value);
  }

  getContext(kind: string): Context | null {
    return kind === '2d' ? this.#context : null;
  }

  bitmap(): Painted {
    return { width: this.#width, height: this.#height, data: this.#pixels.slice(), words: [...this.#words] };
  }

  /** Setting a size clears, as it does everywhere. */
  #resize(width: number, height: number): void {
    this.#width = Math.trunc(width);
    this.#height = Math.trunc(height);
    this.#pixels = new Uint8ClampedArray(this.#width * this.#height * 4);
    this.#words = [];
  }

  #fill(x: number, y: number, width: number, height: number, colour: Colour): void {
    const left = Math.max(0, Math.round(x));
    const right = Math.min(this.#width, Math.round(x + width));
    const bottom = Math.min(this.#height, Math.round(y + height));
    const paint = colour.opacity === 1 ? solid(this.#pixels, colour) : glaze(this.#pixels, colour);
    for (let row = Math.max(0, Math.round(y)); row < bottom; row++) {
      // A rectangle beside the canvas has its right end left of its left one.
      if (left < right) paint(row * this.#width + left, row * this.#width + right);
    }
  }
}

/** Paints the pixels from one place up to another. */
type Paint = (from: number, to: number) => void;

/** A pixel as one number: a code is some thousand rectangles and is drawn every few seconds. */
function solid(pixels: Uint8ClampedArray, { rgb }: Colour): Paint {
  const whole = new Uint32Array(pixels.buffer);
  const [pixel = 0] = new Uint32Array(Uint8Array.of(...rgb, 255).buffer);
  return (from, to) => whole.fill(pixel, from, to);
}

/** Mixed with what is below. */
function glaze(pixels: Uint8ClampedArray, { rgb, opacity }: Colour): Paint {
  return (from, to) => {
    for (let at = from * 4; at < to * 4; at += 4) {
      for (const [of, part] of rgb.entries()) pixels[at + of] = Math.round(part * opacity + (pixels[at + of] ?? 0) * (1 - opacity));
      pixels[at + 3] = 255;
    }
  };
}

/** A canvas of type 2d becomes a file, in the pixels asked for. */
export function pictureOf({ canvas, destWidth, destHeight }: Readonly<Record<string, unknown>>): { tempFilePath: string } {
  if (!(canvas instanceof CanvasNode)) throw { errMsg: 'canvasToTempFilePath:fail canvas is empty' };
  return { tempFilePath: `tmp://${String(destWidth)}x${String(destHeight)}.png` };
}

interface Colour {
  readonly rgb: readonly [number, number, number];
  /** 0 to 1. */
  readonly opacity: number;
}
type Fill = (x: number, y: number, width: number, height: number, colour: Colour) => void;

class Context {
  fillStyle: unknown = '#000000';
  font = '10px sans-serif';
  textAlign: unknown = 'start';
  textBaseline: unknown = 'alphabetic';
  readonly #fill: Fill;
  readonly #write: (text: string) => void;

  constructor(fill: Fill, write: (text: string) => void) {
    this.#fill = fill;
    this.#write = write;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#fill(x, y, width, height, readColour(this.fillStyle));
  }

  fillText(text: string, x: number, y: number, maxWidth?: number): void {
    if (![x, y, maxWidth ?? 0].every(Number.isFinite)) throw new Error(`fillText of ${text} nowhere: ${x}, ${y}, ${String(maxWidth)}`);
    readColour(this.fillStyle);
    this.#write(String(text));
  }
}

function readColour(style: unknown): Colour {
  const text = String(style).toLowerCase();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text);
  const hex = short ? short.slice(1).map((digit) => digit + digit) : /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(text)?.slice(1);
  const rgba = /^rgba\((\d+), (\d+), (\d+), ([\d.]+)\)$/.exec(text)?.slice(1).map(Number);
  const [red = 0, green = 0, blue = 0, opacity = 1] = rgba ?? hex?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  if (!hex && !rgba) throw new Error(`this canvas knows only #rgb, #rrggbb and rgba(), not ${text}`);
  return { rgb: [red, green, blue], opacity };
}

/**
 * A canvas that remembers its pixels: fillRect only, which is all that the code screen may need. What is decoded from it is what a camera
 * would see on the phone.
 */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8ClampedArray;
}

export class CanvasNode {
  #width = 300;
  #height = 150;
  #pixels = new Uint8ClampedArray(300 * 150 * 4);
  readonly #context: Context;

  constructor() {
    this.#context = new Context((x, y, width, height, rgb) => this.#fill(x, y, width, height, rgb));
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

  bitmap(): Bitmap {
    return { width: this.#width, height: this.#height, data: this.#pixels.slice() };
  }

  /** Setting a size clears, as it does everywhere. */
  #resize(width: number, height: number): void {
    this.#width = Math.trunc(width);
    this.#height = Math.trunc(height);
    this.#pixels = new Uint8ClampedArray(this.#width * this.#height * 4);
  }

  #fill(x: number, y: number, width: number, height: number, [red, green, blue]: Rgb): void {
    const left = Math.max(0, Math.round(x));
    const right = Math.min(this.#width, Math.round(x + width));
    const bottom = Math.min(this.#height, Math.round(y + height));
    for (let row = Math.max(0, Math.round(y)); row < bottom; row++) {
      for (let column = left; column < right; column++) this.#pixels.set([red, green, blue, 255], (row * this.#width + column) * 4);
    }
  }
}

type Rgb = readonly [number, number, number];

class Context {
  fillStyle: unknown = '#000000';
  readonly #fill: (x: number, y: number, width: number, height: number, rgb: Rgb) => void;

  constructor(fill: (x: number, y: number, width: number, height: number, rgb: Rgb) => void) {
    this.#fill = fill;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#fill(x, y, width, height, readColour(this.fillStyle));
  }
}

function readColour(style: unknown): Rgb {
  const text = String(style).toLowerCase();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text);
  const hex = short ? short.slice(1).map((digit) => digit + digit) : /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(text)?.slice(1);
  if (!hex) throw new Error(`this canvas knows only #rgb and #rrggbb, not ${text}`);
  const [red = 0, green = 0, blue = 0] = hex.map((pair) => Number.parseInt(pair, 16));
  return [red, green, blue];
}

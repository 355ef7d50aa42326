import { BarcodeFormat, BinaryBitmap, Code128Reader, DecodeHintType, GlobalHistogramBinarizer, RGBLuminanceSource } from '@zxing/library';
import fc from 'fast-check';
import jsQR from 'jsqr';
import { code128c } from './code128';
import { type PaintContext, type PaintSurface, paintSymbol, runsOf } from './paint-symbol';
import { qrRows } from './qr';

/** A canvas of grey bytes: what a camera would see. */
function canvas() {
  let pixels = new Uint8ClampedArray(0);
  const surface = {
    width: 0,
    height: 0,
    getContext: (): PaintContext => ({
      fillStyle: '',
      fillRect(x, y, width, height) {
        if (pixels.length !== surface.width * surface.height) pixels = new Uint8ClampedArray(surface.width * surface.height);
        const shade = this.fillStyle === '#ffffff' ? 255 : 0;
        for (let row = y; row < y + height; row += 1) pixels.fill(shade, row * surface.width + x, row * surface.width + x + width);
      },
    }),
  } satisfies PaintSurface;
  return { surface, pixels: () => pixels };
}

function readBars(digits: string, pixelRatio: number): string {
  const { surface, pixels } = canvas();
  paintSymbol(surface, [code128c(digits)], { width: 311, height: 12, pixelRatio, quiet: 10 });
  return barsIn(pixels(), surface.width, surface.height);
}

function barsIn(shades: Uint8ClampedArray, width: number, height: number): string {
  const source = new RGBLuminanceSource(shades, width, height);
  const hints = new Map([[DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.CODE_128]]]);
  return new Code128Reader().decode(new BinaryBitmap(new GlobalHistogramBinarizer(source)), hints).getText();
}

function readQr(digits: string, pixelRatio: number): string | undefined {
  const { surface, pixels } = canvas();
  paintSymbol(surface, qrRows(digits), { width: 236, height: 236, pixelRatio, quiet: 4 });
  const rgba = new Uint8ClampedArray(surface.width * surface.height * 4);
  for (const [at, shade] of pixels().entries()) rgba.set([shade, shade, shade, 255], at * 4);
  return jsQR(rgba, surface.width, surface.height)?.data;
}

const campusCode = fc.stringMatching(/^9[0-2]\d{22}$/);

describe('the symbols as an independent reader sees them', () => {
  it('draws a Code 128 that reads back as the same 24 digits', () => {
    fc.assert(
      fc.property(campusCode, fc.constantFrom(2, 3), (digits, ratio) => {
        expect(readBars(digits, ratio)).toBe(digits);
      }),
      { numRuns: 40 },
    );
  });

  it('draws it upright too, for a phone that is turned under the scanner', () => {
    const digits = '911234567894212345678901';
    const { surface, pixels } = canvas();
    paintSymbol(
      surface,
      code128c(digits).map((dark) => [dark]),
      { width: 12, height: 580, pixelRatio: 2, quiet: 10 },
    );
    const turned = new Uint8ClampedArray(pixels().length);
    for (const [at, shade] of pixels().entries()) turned[(at % surface.width) * surface.height + Math.floor(at / surface.width)] = shade;
    expect(barsIn(turned, surface.height, surface.width)).toBe(digits);
  });

  it('reads at one device pixel a module too', () => {
    expect(readBars('911234567894212345678901', 1)).toBe('911234567894212345678901');
  });

  it('draws a QR of version 1 that reads back as the same 24 digits', () => {
    fc.assert(
      fc.property(campusCode, fc.constantFrom(1, 2, 3), (digits, ratio) => {
        expect(qrRows(digits)).toHaveLength(21);
        expect(readQr(digits, ratio)).toBe(digits);
      }),
      { numRuns: 20 },
    );
  });

  it('uses every one of the hundred pairs', () => {
    for (let pair = 0; pair < 100; pair += 1) {
      const digits = `${String(pair).padStart(2, '0')}${String(99 - pair).padStart(2, '0')}`.repeat(6);
      expect(readBars(digits, 2)).toBe(digits);
    }
  });

  it('refuses digits that do not pair', () => {
    for (const wrong of ['', '123', '12a4']) expect(() => code128c(wrong)).toThrow(RangeError);
  });

  it('paints neighbouring modules as one rectangle', () => {
    expect(runsOf([true, true, false, true])).toEqual([
      { from: 0, length: 2 },
      { from: 3, length: 1 },
    ]);
  });
});

import { BinaryBitmap, Code128Reader, HybridBinarizer, RGBLuminanceSource } from '@zxing/library';
import jsQR from 'jsqr';
import type { Bitmap } from './canvas';

/** What a camera reads: decoders that share no line with the encoders of the miniapp. Undefined when there is nothing to read. */
export function readQr(bitmap: Bitmap): string | undefined {
  const { data, width, height } = onWhite(bitmap);
  return jsQR(data, width, height)?.data;
}

export function readCode128(bitmap: Bitmap): string | undefined {
  const { data, width, height } = onWhite(bitmap);
  const luminance = new Uint8ClampedArray(width * height);
  for (let at = 0; at < luminance.length; at++) {
    luminance[at] = Math.round(((data[at * 4] ?? 0) + (data[at * 4 + 1] ?? 0) + (data[at * 4 + 2] ?? 0)) / 3);
  }
  try {
    return new Code128Reader().decode(new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(luminance, width, height)))).getText();
  } catch {
    // The reader throws where there is no bar code.
    return undefined;
  }
}

/** As a scanner sees a phone that is turned by a quarter. */
export function turned({ data, width, height }: Bitmap): Bitmap {
  const other = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) other.set(data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4), (x * height + y) * 4);
  return { width: height, height: width, data: other };
}

/** The symbols lie on a white sheet, which a camera sees around them. */
function onWhite({ data, width, height }: Bitmap): Bitmap {
  const wide = width + 2 * SHEET;
  const high = height + 2 * SHEET;
  const sheet = new Uint8ClampedArray(wide * high * 4).fill(255);
  for (let row = 0; row < height; row++) {
    sheet.set(data.subarray(row * width * 4, (row + 1) * width * 4), ((row + SHEET) * wide + SHEET) * 4);
  }
  return { width: wide, height: high, data: sheet };
}

const SHEET = 40;

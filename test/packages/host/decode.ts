import { BinaryBitmap, Code128Reader, HybridBinarizer, RGBLuminanceSource } from '@zxing/library';
import jsQR from 'jsqr';
import type { Bitmap } from './canvas';

/** What a camera reads: decoders that share no line with the encoders of the miniapp. Undefined when there is nothing to read. */
export function readQr({ data, width, height }: Bitmap): string | undefined {
  return jsQR(data, width, height)?.data;
}

export function readCode128({ data, width, height }: Bitmap): string | undefined {
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

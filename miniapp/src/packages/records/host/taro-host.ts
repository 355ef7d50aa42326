import Taro from '@tarojs/taro';
import { PICTURE } from '../lib/paint-report';

/** Alipay's picture can be kept only where this asks for it (my.previewImage); WeChat's has its menu anyway. */
const KEEPABLE = { enablesavephoto: true, enableShowPhotoDownload: true };
/** Said in full: Alipay wants the part named, and WeChat would make the file as many times larger as the screen has pixels to a point. */
const WHOLE = { x: 0, y: 0, ...PICTURE, destWidth: PICTURE.width, destHeight: PICTURE.height };

/** Shows the canvas as a picture that the phone can send or keep. */
export async function taroPicture(canvas: unknown): Promise<boolean> {
  try {
    // Taro's type wants its own canvas class; a canvas of type 2d is the platform's, and has no id.
    const of2d = { canvas: canvas as Taro.Canvas, canvasId: '' };
    const { tempFilePath } = await Taro.canvasToTempFilePath({ ...of2d, ...WHOLE, fileType: 'png' });
    await Taro.previewImage({ urls: [tempFilePath], ...KEEPABLE });
    return true;
  } catch {
    return false;
  }
}

export async function taroCopy(text: string): Promise<boolean> {
  try {
    await Taro.setClipboardData({ data: text });
    return true;
  } catch {
    return false;
  }
}

import Taro from '@tarojs/taro';

/** Shows the canvas as a picture that the phone can send or keep. */
export async function taroPicture(canvas: unknown): Promise<boolean> {
  try {
    // Taro's type wants its own canvas class; a canvas of type 2d is the platform's.
    const { tempFilePath } = await Taro.canvasToTempFilePath({ canvas: canvas as Taro.Canvas, fileType: 'png', canvasId: 'year-picture' });
    await Taro.previewImage({ urls: [tempFilePath] });
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

import Taro from '@tarojs/taro';

export async function taroCopy(text: string): Promise<boolean> {
  try {
    await Taro.setClipboardData({ data: text });
    return true;
  } catch {
    return false;
  }
}

/** A mini-program opens no pages of others. */
export async function copyPage(url: string): Promise<'copied' | 'failed'> {
  return (await taroCopy(url)) ? 'copied' : 'failed';
}

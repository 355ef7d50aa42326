import Taro from '@tarojs/taro';

export interface FoundCanvas {
  /** Undefined where it is not on the screen yet. What can be drawn with is the caller's to say. */
  readonly node: unknown;
  /** Pixels of the screen, where the host tells them. */
  readonly width?: number;
  readonly height?: number;
}

/** Looks once for the canvas of that id; `_element`, what React holds of it, is no use in a mini-program. */
export function findCanvas(id: string, _element: unknown, answer: (found: FoundCanvas) => void): void {
  const query = Taro.createSelectorQuery();
  // `node()` and not `fields()`: it is what Alipay documents for a canvas, and WeChat has it too.
  query.select(`#${id}`).node();
  query.select(`#${id}`).boundingClientRect();
  // Taro's types leave the answers open.
  query.exec((found) => answer({ ...found?.[1], node: found?.[0]?.node ?? undefined }));
}

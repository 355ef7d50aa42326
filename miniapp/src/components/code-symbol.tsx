import { Canvas } from '@tarojs/components';
import Taro, { useReady } from '@tarojs/taro';
import { useEffect, useRef } from 'react';
import { type PaintSurface, paintSymbol } from '../lib/paint-symbol';
import { platform } from '../platform';
import { aria } from '../platform/aria';
import { findCanvas } from './find-canvas';

interface Props {
  readonly id: string;
  readonly rows: readonly (readonly boolean[])[];
  /** Design pixels of a 375-wide screen. */
  readonly width: number;
  readonly height: number;
  /** Light modules on each side: 4 for QR, 10 for Code 128. */
  readonly quiet: number;
  readonly label: string;
  /** Called when the symbol is on the screen for the first time. */
  readonly onDrawn: () => void;
}

/** An older phone may give a node that draws in another way. */
const isSurface = (node: Partial<PaintSurface> | undefined): node is PaintSurface => typeof node?.getContext === 'function';

/** Design pixels to this screen's, for a host that does not tell the size of an element. */
function onScreen(designPixels: number): number {
  const { windowWidth } = Taro.getSystemInfoSync();
  return (designPixels * (windowWidth || 375)) / 375;
}

/** One canvas for QR and bar code in WeChat, Alipay and the browser: modules in black, at whole device pixels. */
export function CodeSymbol({ id, rows, width, height, quiet, label, onDrawn }: Props) {
  const surface = useRef<{ readonly canvas: PaintSurface; readonly width: number; readonly height: number }>();
  const element = useRef<unknown>(null);
  const gone = useRef(false);
  const latest = useRef(rows);
  latest.current = rows;

  const paint = () => {
    if (surface.current === undefined) return;
    const { canvas, ...size } = surface.current;
    const { pixelRatio } = Taro.getSystemInfoSync();
    paintSymbol(canvas, latest.current, { ...size, pixelRatio: pixelRatio || 2, quiet });
  };
  const find = (triesLeft: number) => {
    if (gone.current) return;
    findCanvas(id, element.current, (found) => {
      // An answer for a symbol that has left would paint an older code over the one that took its place.
      if (gone.current) return;
      const canvas = found.node as Partial<PaintSurface> | undefined;
      if (isSurface(canvas)) {
        surface.current = { canvas, width: found.width || onScreen(width), height: found.height || onScreen(height) };
        paint();
        onDrawn();
      } else if (triesLeft > 0) setTimeout(() => find(triesLeft - 1), 60);
    });
  };
  // A symbol that appears after the page was ready (keys came later) looks for its canvas itself.
  useReady(() => find(20));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the canvas is on the page.
  useEffect(() => {
    gone.current = false;
    // Not before this frame is on the screen: until then the canvas of the symbol before, of the same id, would answer.
    platform.whenShown(() => find(20));
    return () => {
      gone.current = true;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: painted again when the modules change.
  useEffect(paint, [rows]);

  return (
    <Canvas
      ref={element}
      type="2d"
      id={id}
      canvasId={id}
      // The canvas is white to its edge, quiet zone and all: its corners are rounded where no module is.
      style={{ width: Taro.pxTransform(width), height: Taro.pxTransform(height), borderRadius: Taro.pxTransform(6) }}
      {...aria({ role: 'img', label })}
    />
  );
}

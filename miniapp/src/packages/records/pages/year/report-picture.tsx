import { Canvas } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useEffect, useRef } from 'react';
import { aria } from '../../../../platform/aria';
import { PICTURE, type PictureContext, type PictureText, paintReport } from '../../lib/paint-report';
import './year.scss';

interface Props {
  readonly text: PictureText;
  readonly brand: string;
  /** Percent of the dearest month, first to last. */
  readonly bars: readonly number[];
  /** Gives the canvas once the picture is on it. */
  readonly onDrawn: (canvas: unknown) => void;
}

interface CanvasNode {
  width: number;
  height: number;
  readonly tagName?: string;
  getContext(kind: '2d'): PictureContext | null;
  querySelector?(selector: string): CanvasNode | null;
}

/** The picture as it will leave the app, drawn smaller. */
export function ReportPicture({ text, brand, bars, onDrawn }: Props) {
  const latest = useRef({ text, brand, bars, onDrawn });
  latest.current = { text, brand, bars, onDrawn };
  const said = JSON.stringify([text, brand, bars]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: painted again when what it says changes.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const find = (triesLeft: number) => {
      const query = Taro.createSelectorQuery();
      query.select('#year-picture').node();
      query.exec((found) => {
        // Taro's types leave the answer open. The browser wraps the canvas in its own element.
        const node = found?.[0]?.node as CanvasNode | null | undefined;
        const canvas = node?.tagName !== undefined && node.tagName !== 'CANVAS' ? node.querySelector?.('canvas') : node;
        const context = canvas && typeof canvas.getContext === 'function' ? canvas.getContext('2d') : null;
        if (canvas && context) {
          canvas.width = PICTURE.width;
          canvas.height = PICTURE.height;
          paintReport(context, latest.current.text, latest.current.brand, latest.current.bars);
          latest.current.onDrawn(canvas);
        } else if (triesLeft > 0) timer = setTimeout(() => find(triesLeft - 1), 60);
      });
    };
    find(20);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Canvas type="2d" id="year-picture" canvasId="year-picture" className="year__picture" {...aria({ role: 'img', label: text.title })} />
  );
}

import { Canvas } from '@tarojs/components';
import { useEffect, useRef } from 'react';
import { findCanvas } from '../../../../components/find-canvas';
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
  getContext(kind: '2d'): PictureContext | null;
}

/** The picture as it will leave the app, drawn smaller. */
export function ReportPicture({ text, brand, bars, onDrawn }: Props) {
  const latest = useRef({ text, brand, bars, onDrawn });
  latest.current = { text, brand, bars, onDrawn };
  const element = useRef<unknown>(null);
  const said = JSON.stringify([text, brand, bars]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: painted again when what it says changes.
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const find = (triesLeft: number) => {
      findCanvas('year-picture', element.current, ({ node }) => {
        if (left) return;
        const canvas = node as Partial<CanvasNode> | undefined;
        const context = canvas?.getContext?.('2d');
        if (canvas && context) {
          canvas.width = PICTURE.width;
          canvas.height = PICTURE.height;
          paintReport(context, latest.current.text, latest.current.brand, latest.current.bars);
          latest.current.onDrawn(canvas);
        } else if (triesLeft > 0) timer = setTimeout(() => find(triesLeft - 1), 60);
      });
    };
    find(20);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <Canvas
      ref={element}
      type="2d"
      id="year-picture"
      canvasId="year-picture"
      className="year__picture"
      {...aria({ role: 'img', label: text.title })}
    />
  );
}

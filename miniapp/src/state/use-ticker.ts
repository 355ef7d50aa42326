import { useDidHide, useDidShow } from '@tarojs/taro';
import { useEffect, useRef, useState } from 'react';

/** Whether the page is on the screen: timers and polling stop when it is not. */
export function useVisible(): boolean {
  const [visible, setVisible] = useState(true);
  useDidShow(() => setVisible(true));
  useDidHide(() => setVisible(false));
  return visible;
}

/**
 * Runs `work` at once, then again as many ms after each run as the run said, while `active`. A run that says undefined
 * ends it, until `round` changes.
 */
export function usePolling(work: () => Promise<number | undefined>, active: boolean, round = 0): void {
  const latest = useRef(work);
  latest.current = work;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round begins again.
  useEffect(() => {
    if (!active) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const turn = () => {
      latest.current().then(
        (delay) => {
          if (!stopped && delay !== undefined) timer = setTimeout(turn, delay);
        },
        () => {
          if (!stopped) timer = setTimeout(turn, 3_000);
        },
      );
    };
    turn();
    return () => {
      stopped = true;
      if (timer !== undefined) clearTimeout(timer);
    };
  }, [active, round]);
}

/** The time, told each second while `active`, and at once when what is counted from (`since`) changes. */
export function useNow(read: () => number, active: boolean, since?: unknown): number {
  const [now, setNow] = useState(read);
  const latest = useRef(read);
  latest.current = read;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new beginning is counted from now, not from the last second told.
  useEffect(() => {
    if (!active) return;
    setNow(latest.current());
    const timer = setInterval(() => setNow(latest.current()), 1_000);
    return () => clearInterval(timer);
  }, [active, since]);
  return now;
}

import { useEffect, useRef, useState } from 'react';
import type { Failure } from '../api/failure';
import { useAction } from './use-action';

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

export interface Pages<Row> {
  /** Undefined until the first page is there. */
  readonly rows: readonly Row[] | undefined;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly failure: Failure | undefined;
  /** Asks for the next page, or once more for the one that failed. */
  readonly more: () => void;
  /** Begins with the first page again. */
  readonly restart: () => void;
}

/** A list that is asked for a page at a time. What is there stays when a page fails. */
export function usePages<Row>(load: (cursor: string | undefined) => Promise<Page<Row>>): Pages<Row> {
  const [rows, setRows] = useState<readonly Row[]>();
  const [hasMore, setHasMore] = useState(false);
  const cursor = useRef<string | undefined>(undefined);
  const ask = useAction<{ readonly fresh: boolean }>(async ({ fresh }) => {
    const page = await load(fresh ? undefined : cursor.current);
    cursor.current = page.nextCursor ?? undefined;
    setHasMore(page.nextCursor !== null);
    setRows((before) => (fresh ? page.rows : [...(before ?? []), ...page.rows]));
  });
  const { run } = ask;
  useEffect(() => run({ fresh: true }), [run]);
  return {
    rows,
    hasMore,
    loading: ask.busy,
    failure: ask.failure,
    more: () => run({ fresh: rows === undefined }),
    restart: () => run({ fresh: true }),
  };
}

/** Maps with at most `limit` calls under way; results in the order of the items. The first failure ends it, once the calls under way have ended. */
export async function mapInParallel<T, R>(items: readonly T[], limit: number, call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const at = next;
      next += 1;
      // Within bounds by the condition above; `T` may itself hold undefined.
      const item = items[at] as T;
      try {
        results[at] = await call(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  return results;
}

import type { Phone } from './phone';

interface Wanted {
  readonly id: string;
  readonly done: ((found: unknown) => void) | undefined;
}

/** createSelectorQuery, as far as finding a canvas by id needs it. */
export function selectorQuery(phone: Phone): unknown {
  const wanted: Wanted[] = [];
  const query = {
    in: () => query,
    select(selector: string) {
      const id = selector.replace(/^#/, '');
      const add = (done: ((found: unknown) => void) | undefined) => {
        wanted.push({ id, done });
        return query;
      };
      const picker = {
        fields: (_fields: unknown, done?: (found: unknown) => void) => add(done),
        node: (done?: (found: unknown) => void) => add(done),
        boundingClientRect: (done?: (found: unknown) => void) => add(done),
        // Alipay chains on what select gives.
        exec: (done?: (found: unknown[]) => void) => query.exec(done),
      };
      return picker;
    },
    exec(done?: (found: unknown[]) => void) {
      phone.answerQuery(() => {
        const found = wanted.map(({ id }) => {
          const node = phone.canvas(id);
          return node ? { node, width: 0, height: 0 } : null;
        });
        for (const [index, { done: one }] of wanted.entries()) one?.(found[index]);
        done?.(found);
      });
    },
  };
  return query;
}

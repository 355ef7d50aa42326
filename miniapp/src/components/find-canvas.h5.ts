import type { FoundCanvas } from './find-canvas';

/**
 * By the element and not by Taro's query, which throws where nobody can catch it when the page is left before it looks.
 *
 * Taro's element makes its canvas some time after it is on the page itself, and renders once more in the next frame to note the size, which wipes
 * what was painted between. So what is found is handed out two frames later.
 */
export function findCanvas(_id: string, element: unknown, answer: (found: FoundCanvas) => void): void {
  // What React holds of a component of Taro's is its element, and null before it is there and after it has left.
  const box = element as HTMLElement | null;
  const node = box?.querySelector('canvas');
  if (!box || !node) {
    answer({ node: undefined });
    return;
  }
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const { width, height } = box.getBoundingClientRect();
      answer({ node, width, height });
    }),
  );
}

/** The tree a Taro page hands to its templates: what `setData` has built so far. */
export interface TreeNode {
  /** Alias of the element's name, which differs by platform and build. */
  readonly nn?: string;
  readonly sid?: string;
  /** The `id` prop. */
  readonly uid?: string;
  readonly cl?: string;
  /** Text of a text node. */
  readonly v?: string;
  readonly cn?: readonly TreeNode[];
  readonly [prop: string]: unknown;
}

/** Applies `setData`: paths like `root.cn.[0].cn.[1].v`, as Taro writes them. */
export function applyData(data: Record<string, unknown>, changes: Readonly<Record<string, unknown>>): void {
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.match(/[^.[\]]+/g) ?? [];
    const last = steps.pop();
    if (last === undefined) continue;
    let at = data;
    for (const [index, step] of steps.entries()) {
      const next = at[step];
      if (typeof next === 'object' && next !== null) {
        at = next as Record<string, unknown>;
        continue;
      }
      const made: unknown = /^\d+$/.test(steps[index + 1] ?? last) ? [] : {};
      at[step] = made;
      at = made as Record<string, unknown>;
    }
    at[last] = value;
  }
}

/** From the root down to the node, or undefined. */
export function pathTo(root: TreeNode, matches: (node: TreeNode) => boolean): TreeNode[] | undefined {
  if (matches(root)) return [root];
  for (const child of root.cn ?? []) {
    const found = pathTo(child, matches);
    if (found) return [root, ...found];
  }
  return undefined;
}

export function textOf(node: TreeNode): string {
  return (node.v ?? '') + (node.cn ?? []).map(textOf).join('');
}

/** Elements in the tree without its root; a text is no element. */
export function countNodes(node: TreeNode): number {
  return (node.cn ?? []).reduce((sum, child) => sum + (child.v === undefined ? 1 : 0) + countNodes(child), 0);
}

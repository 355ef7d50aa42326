/** The element with this id; the page's own HTML has it, so its absence is a fault of ours. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}

interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly id?: string;
  readonly title?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onPress?: () => void;
}

/** One element with its children. Text is never read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parts: Parts = {},
  children: readonly Node[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (parts.class !== undefined) made.className = parts.class;
  if (parts.id !== undefined) made.id = parts.id;
  if (parts.title !== undefined) made.title = parts.title;
  if (parts.text !== undefined) made.textContent = parts.text;
  if (parts.pressed !== undefined) made.setAttribute('aria-pressed', String(parts.pressed));
  if (parts.onPress !== undefined) made.addEventListener('click', parts.onPress);
  if (made instanceof HTMLButtonElement) {
    made.type = 'button';
    made.disabled = parts.disabled ?? false;
  }
  made.append(...children);
  return made;
}

/** JSON from this same address. Throws what the server says went wrong. */
export async function ask<T>(path: string, body?: unknown, timeoutMs = 15_000): Promise<T> {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error ?? answer.refusal ?? reply.statusText);
  // The bench and its page are one program in two halves: the shape is what the other half sends.
  return answer as T;
}

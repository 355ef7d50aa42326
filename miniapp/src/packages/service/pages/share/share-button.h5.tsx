/** A page passes on its address; the container's menu does the rest. */
export function ShareButton(_: { readonly id: string; readonly text: string }) {
  return null;
}

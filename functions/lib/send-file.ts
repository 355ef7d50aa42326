import type { RouteContext } from './route-kit';

/** Answers a download. `name` is ours: letters, digits, dots and hyphens. */
export function sendFile(
  c: RouteContext,
  file: { readonly name: string; readonly contentType: string; readonly bytes: Uint8Array },
): Response {
  return c.body(new Uint8Array(file.bytes), 200, {
    'content-type': file.contentType,
    'content-disposition': `attachment; filename="${file.name}"`,
  });
}

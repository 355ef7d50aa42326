export interface Page<Item> {
  readonly items: readonly Item[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** One page of a list, from 1; a page beyond either end is the nearest that there is. An empty list has one empty page. */
export function pageOf<Item>(list: readonly Item[], { page, perPage }: { readonly page: number; readonly perPage: number }): Page<Item> {
  const pages = Math.max(1, Math.ceil(list.length / perPage));
  const shown = Math.min(Math.max(1, page), pages);
  return { items: list.slice((shown - 1) * perPage, shown * perPage), page: shown, pages, total: list.length };
}

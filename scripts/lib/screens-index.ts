import { TROUBLES, type Trouble } from '../../test/e2e/screens/trouble';
import type { ScreenView, State } from '../../test/stories/screens/list';

export const LANGS = ['zh', 'en'] as const;
export const LOOKS = ['light', 'dark'] as const;

export interface Picture {
  readonly view: ScreenView;
  readonly state: State | Trouble;
  readonly lang: (typeof LANGS)[number];
  readonly look: (typeof LOOKS)[number];
}

/** In docs/screens/. */
export const pictureFile = ({ view, state, lang, look }: Picture): string => `${view.id}-${state}-${lang}-${look}.webp`;

/** The pictures of the list that are in the folder, in the list's order. */
export function drawn(views: readonly ScreenView[], files: readonly string[]): Picture[] {
  const there = new Set(files);
  const all = views.flatMap((view) =>
    [view.state, ...TROUBLES].flatMap((state) => LANGS.flatMap((lang) => LOOKS.map((look) => ({ view, state, lang, look })))),
  );
  return all.filter((picture) => there.has(pictureFile(picture)));
}

/** docs/screens/README.md: every screen once, its pictures in a row. */
export function screensIndex(pictures: readonly Picture[]): string {
  const views = [...new Set(pictures.map(({ view }) => view))];
  const lines = [
    '# Every screen',
    '',
    'Made by `npm run screens` from the built browser page on the local stack; do not edit. The list is `test/stories/screens/list.ts`, and',
    '`test/e2e/every-screen.test.ts` visits the same list: axe-core finds no violation of WCAG 2.1 A or AA, nothing is clipped and nothing',
    'scrolls sideways at 320 px. The pictures are of a phone (375 × 812, longer where there is more to see), two device pixels to the pixel.',
    '',
    `${views.length} views of ${new Set(views.map(({ page }) => page)).size} pages, ${pictures.length} pictures.`,
    '',
    ...views.flatMap((view) =>
      section(
        view,
        pictures.filter((picture) => picture.view === view),
      ),
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function section(view: ScreenView, pictures: readonly Picture[]): string[] {
  const rows = [...new Set(pictures.map(({ state }) => state))].map((state) => {
    const images = pictures
      .filter((picture) => picture.state === state)
      .map((picture) => `<img src="${pictureFile(picture)}" width="180" alt="${view.id}: ${state}, ${picture.lang}, ${picture.look}">`);
    return `${state}<br>${images.join(' ')}`;
  });
  return [`## ${view.id}`, '', `\`${view.page}\``, '', ...rows.flatMap((row) => [row, ''])];
}

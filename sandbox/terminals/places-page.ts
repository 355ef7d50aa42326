import type { RulePack } from '../../shared/rule-pack';
import { EXIT, screen } from './page-kit';
import type { Desk, Page } from './paged-machine';

/** Where machines stand and how many (ST-24, ST-25, ST-40, SJ-09), as the pack lists them. */
export function placesPage(desk: Desk, kind: RulePack['places'][number]['kind']): Page {
  const rows = desk.pack.places
    .filter((place) => place.kind === kind)
    .map(({ campus, name, count, note }) => [campus?.zh ?? '', name.zh, count === undefined ? (note?.zh ?? '1') : String(count)]);
  return {
    screen: screen({
      id: `${kind}.places`,
      title: { zh: '设备放置地点', en: 'Where the machines are' },
      table: {
        columns: [
          { zh: '校区', en: 'Campus' },
          { zh: '地点', en: 'Place' },
          { zh: '数量', en: 'Quantity' },
        ],
        rows,
      },
      buttons: [EXIT],
    }),
    on: { exit: async () => desk.home() },
  };
}

import { ask, byId, element } from './dom';
import type { BooksView } from './finance';
import { drawFound, type RecordView } from './morning-found';
import type { SchoolView } from './phones';
import { drawSheet } from './sheet';
import { either, onLanguage, word } from './text';

interface MorningView {
  readonly day: string;
  readonly isThatDay: boolean;
  readonly lies: readonly {
    readonly name: string;
    readonly zh: string;
    readonly en: string;
    readonly on: readonly string[];
    readonly told: readonly string[];
  }[];
  readonly records: readonly RecordView[];
  readonly staff: { readonly users: readonly string[]; readonly password: string };
}

const DRAWER = 'bench-morning';
const FIRST = ['missing-line', 'extra-line', 'changed-amount', 'wrong-total', 'cut-file'];
const PLATFORMS = ['wechatPay', 'alipay'] as const;

/** The morning after: a day at the platforms, what their bills say of it, the job, and what finance reads. Returns who is told of new figures. */
export function setUpMorning(schools: readonly SchoolView[]): (books: BooksView) => void {
  let view: MorningView | undefined;
  let books: BooksView | undefined;
  let busy = false;
  let trouble = '';
  let more = false;
  let platform: (typeof PLATFORMS)[number] = 'wechatPay';
  let open = localStorage.getItem(DRAWER) === 'open';

  function draw(): void {
    byId('morning').hidden = !open;
    const unfold = byId('morning-unfold');
    unfold.textContent = word(open ? 'morningFold' : 'morningUnfold');
    unfold.setAttribute('aria-expanded', String(open));
    if (!open) return;
    if (books !== undefined) drawSheet(books);
    if (view === undefined) return;
    const { day, staff, records } = view;
    byId('morning-title').textContent = `${word('morning')} · ${day}`;
    byId('morning-staff').replaceChildren(
      `${word('staffAs')} ${staff.users.join(' / ')} · ${word('staffPassword')} `,
      element('code', { id: 'staff-password', text: staff.password }),
    );
    byId('morning-steps').replaceChildren(happened(view), billSays(view), job());
    drawFound(records, schools);
  }

  function happened({ isThatDay }: MorningView): HTMLElement {
    return step('happened', 'happenedHint', [
      element('div', { class: 'buttons' }, [
        element('button', { id: 'morning-traffic', text: word('makeTraffic'), disabled: busy, onPress: () => act('traffic', {}) }),
      ]),
      element('div', { class: 'chips' }, [
        element('button', {
          id: 'morning-clock',
          text: word('phonesToo'),
          pressed: isThatDay,
          disabled: busy,
          onPress: () => act('clock', { isThatDay: !isThatDay }),
        }),
      ]),
    ]);
  }

  function billSays({ lies }: MorningView): HTMLElement {
    const which = PLATFORMS.map((one) =>
      element('button', {
        id: `morning-of-${one}`,
        text: word(one === 'alipay' ? 'alipay' : 'wechatPay'),
        pressed: one === platform,
        onPress: () => {
          platform = one;
          draw();
        },
      }),
    );
    const shown = lies.filter(({ on, name, told }) => on.includes(platform) && (more || FIRST.includes(name) || told.includes(platform)));
    const chips = shown.map(({ name, told, ...text }) => {
      const isTold = told.includes(platform);
      return element('button', {
        id: `lie-${name}`,
        text: either({ zh: text.zh, en: name }),
        title: either(text),
        pressed: isTold,
        disabled: busy,
        onPress: () => act('lie', { platform, lie: isTold ? null : name }),
      });
    });
    const unfold = element('button', {
      text: word('more'),
      pressed: more,
      onPress: () => {
        more = !more;
        draw();
      },
    });
    return step('billSays', 'billSaysHint', [
      element('div', { class: 'chips which' }, which),
      element('div', { class: 'chips' }, [...chips, unfold]),
    ]);
  }

  function job(): HTMLElement {
    const line = busy ? word('working') : trouble;
    return step('reconcile', 'reconcileHint', [
      element('div', { class: 'buttons' }, [
        element('button', { id: 'morning-run', class: 'go', text: word('reconcile'), disabled: busy, onPress: () => act('run', {}) }),
        element('span', { class: 'quiet', text: line }),
      ]),
    ]);
  }

  function step(title: Parameters<typeof word>[0], hint: Parameters<typeof word>[0], parts: readonly Node[]): HTMLElement {
    return element('div', {}, [element('h3', { text: word(title) }), element('p', { class: 'quiet', text: word(hint) }), ...parts]);
  }

  function act(name: 'traffic' | 'clock' | 'lie' | 'run', body: object): void {
    busy = true;
    trouble = '';
    draw();
    ask<MorningView>(`/bench/morning/${name}`, body, 60_000).then(ended, failed);
  }

  function load(): void {
    ask<MorningView>('/bench/morning').then(ended, failed);
  }

  function ended(now: MorningView): void {
    view = now;
    busy = false;
    draw();
  }

  function failed(error: unknown): void {
    trouble = error instanceof Error ? error.message : String(error);
    busy = false;
    draw();
  }

  byId('morning-unfold').addEventListener('click', () => {
    open = !open;
    localStorage.setItem(DRAWER, open ? 'open' : 'folded');
    draw();
    if (!open) return;
    load();
    byId('morning').scrollIntoView({ behavior: 'smooth' });
  });
  onLanguage(draw);
  if (open) load();
  return (now) => {
    books = now;
    if (open) drawSheet(now);
  };
}

import type { Screen, ScreenField } from '../../terminals/machine';
import { element } from './dom';
import { either } from './text';

export interface ScreenHands {
  readonly press: (button: string, fields: Readonly<Record<string, string>>) => void;
  /** What a scanner at this machine can be held against; undefined when nothing shows a code there. */
  readonly scans: readonly { readonly label: string; readonly read: () => Promise<string | undefined> }[];
  /** The machine is at work and takes nothing: what is typed now would keep it from being drawn again. */
  readonly disabled: boolean;
}

/** What was typed into a machine stays there while its screen is the same, however often it is drawn. */
export interface Typed {
  screenId: string;
  values: Record<string, string>;
}

/** Draws any machine's screen: heading, notice, lines, table, fields, buttons, receipt. */
export function drawScreen(screen: Screen, typed: Typed, hands: ScreenHands): HTMLElement {
  if (typed.screenId !== screen.id) {
    typed.screenId = screen.id;
    typed.values = {};
  }
  const shownIn = (field: ScreenField): string => typed.values[field.id] ?? field.value ?? '';
  const values = (): Record<string, string> => Object.fromEntries(screen.fields.map((field) => [field.id, shownIn(field)]));
  const parts: Node[] = [element('h3', { text: either(screen.title) })];
  if (screen.light !== undefined) parts.push(element('i', { class: `lamp ${screen.light}` }));
  if (screen.notice !== undefined) parts.push(element('p', { class: `notice ${screen.notice.tone}`, text: either(screen.notice.text) }));
  if (screen.lines.length > 0) parts.push(linesOf(screen));
  if (screen.table !== undefined && screen.table.rows.length > 0) parts.push(tableOf(screen.table));
  if (screen.fields.length > 0)
    parts.push(
      element(
        'div',
        { class: 'fields' },
        screen.fields.map((field) => fieldOf(field, typed, hands)),
      ),
    );
  parts.push(
    element(
      'div',
      { class: 'screen-buttons' },
      screen.buttons.map(({ id, label, tone }) =>
        element('button', {
          class: tone ?? 'plain',
          text: either(label),
          disabled: hands.disabled,
          onPress: () => hands.press(id, values()),
        }),
      ),
    ),
  );
  if (screen.receipt !== undefined) parts.push(element('pre', { class: 'receipt', text: screen.receipt.join('\n') }));
  const made = element('div', { class: `machine-screen${screen.busy ? ' busy' : ''}` }, parts);
  made.dataset.screen = screen.id;
  return made;
}

function linesOf({ lines }: Screen): HTMLElement {
  return element(
    'dl',
    {},
    lines.map(({ label, value, tone }) =>
      element('div', { class: tone ?? '' }, [
        element('dt', { text: either(label) }),
        element('dd', { text: typeof value === 'string' ? value : either(value) }),
      ]),
    ),
  );
}

function tableOf({ columns, rows }: NonNullable<Screen['table']>): HTMLElement {
  const head = element(
    'tr',
    {},
    columns.map((column) => element('th', { text: either(column) })),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      row.map((cell) => element('td', { text: cell })),
    ),
  );
  return element('table', {}, [head, ...body]);
}

const MODES: Readonly<Record<ScreenField['kind'], string>> = {
  digits: 'numeric',
  amount: 'decimal',
  password: 'numeric',
  text: 'text',
  choice: 'none',
};

function fieldOf(field: ScreenField, typed: Typed, hands: ScreenHands): HTMLElement {
  const value = typed.values[field.id] ?? field.value ?? '';
  const label = element('label', {}, [element('span', { text: either(field.label) })]);
  if (field.kind === 'choice') {
    const options = (field.choices ?? []).map((choice) => {
      const option = element('option', { text: either(choice.label) });
      option.value = choice.value;
      option.selected = choice.value === value;
      return option;
    });
    const select = element('select', {}, options);
    select.disabled = hands.disabled;
    select.addEventListener('change', () => {
      typed.values[field.id] = select.value;
    });
    label.append(select);
    return label;
  }
  const input = element('input');
  input.type = field.kind === 'password' ? 'password' : 'text';
  input.autocomplete = 'off';
  input.setAttribute('inputmode', MODES[field.kind]);
  input.dataset.field = field.id;
  input.value = value;
  input.readOnly = field.readOnly ?? false;
  input.disabled = hands.disabled;
  input.addEventListener('input', () => {
    typed.values[field.id] = input.value;
  });
  label.append(input);
  // A scanner's field: what a phone shows is read from its pixels, as the real one would.
  if (field.id !== 'code') return label;
  const scanned = (code: string | undefined): void => {
    if (code === undefined) return;
    typed.values[field.id] = code;
    input.value = code;
  };
  const scans = hands.scans.map(({ label: text, read }) =>
    element('button', { class: 'scan', text, disabled: hands.disabled, onPress: () => read().then(scanned, () => undefined) }),
  );
  return element('div', { class: 'scanned' }, [label, element('div', { class: 'scans' }, scans)]);
}

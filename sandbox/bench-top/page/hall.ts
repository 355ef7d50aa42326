import type { MachineView } from '../hall';
import { ask, byId, element } from './dom';
import type { Phone, SchoolView } from './phones';
import { drawScreen, type Typed } from './screen';
import { either, onLanguage, type Word, word, yuan } from './text';

const REFRESH_MS = 1_500;

/** 收付款 on the phone of whoever holds it: the platform's own code, for one minute. */
function payerCode(app: 'wechat' | 'alipay', label: Word) {
  const read = async () => (await ask<{ readonly code: string }>('/sandbox/control/payment-codes', { app })).code;
  return { label: word(label), read };
}

interface WaitingPayer {
  readonly orderNo: string;
  readonly platform: string;
  readonly amountFen: number;
}

/** Payers whose phone asks for the password while a till waits. */
function drawWaiting(waiting: readonly WaitingPayer[]): void {
  const press = (orderNo: string, key: 'pay' | 'cancel') => () => {
    ask('/sandbox/control/payment-codes/press', { orderNo, key }).catch(() => undefined);
  };
  byId('hall-payers').replaceChildren(
    ...waiting.map(({ orderNo, platform, amountFen }) =>
      element('div', { class: 'card sum' }, [
        element('span', {
          text: `${word(platform === 'alipay' ? 'alipay' : 'wechatPay')} · ${word('payerPassword')} · ${yuan(amountFen)}`,
        }),
        element('div', { class: 'buttons' }, [
          element('button', { text: word('cancel'), onPress: press(orderNo, 'cancel') }),
          element('button', { class: 'pay', text: word('pay'), onPress: press(orderNo, 'pay') }),
        ]),
      ]),
    ),
  );
}

/**
 * The hall: every machine of a school with its real screens, the card that is laid on one or taken away, and faults as switches. Unfolds
 * below the phones.
 */
export function setUpHall(schools: readonly SchoolView[], phones: readonly Phone[]): void {
  const typed = new Map<number, Typed>();
  let school = schools.find(({ schoolId }) => schoolId === localStorage.getItem('bench-hall-school')) ?? phones[0]?.school ?? schools[0];
  let machines: readonly MachineView[] = [];
  let busy: number | undefined;
  let isOpen = false;

  const hall = byId('hall');
  const unfold = byId('hall-unfold');

  function drawHead(): void {
    unfold.textContent = word(isOpen ? 'morningFold' : 'hallUnfold');
    unfold.setAttribute('aria-expanded', String(isOpen));
    byId('hall-title').textContent = word('hall');
    const picker = element(
      'select',
      { title: word('school') },
      schools.map(({ schoolId, name }) => {
        const option = element('option', { text: either(name) });
        option.value = schoolId;
        option.selected = schoolId === school?.schoolId;
        return option;
      }),
    );
    picker.id = 'hall-school';
    picker.addEventListener('change', () => choose(picker.value));
    byId('hall-pick').replaceChildren(picker);
  }

  function choose(schoolId: string): void {
    school = schools.find((one) => one.schoolId === schoolId) ?? school;
    localStorage.setItem('bench-hall-school', schoolId);
    machines = [];
    typed.clear();
    load();
  }

  /** Whoever is typing keeps the field: its machine is drawn again when they have left it, the others go on. */
  function draw(): void {
    const place = byId('hall-machines');
    const active = document.activeElement;
    const drawn = machines.map(({ terminal }) => place.querySelector(`#machine-${terminal}`));
    if (drawn.includes(null) || drawn.length !== place.childElementCount) {
      place.replaceChildren(...machines.map(machineOf));
      return;
    }
    for (const [index, view] of machines.entries()) {
      const isTypedIn = active instanceof HTMLInputElement && drawn[index]?.contains(active) === true;
      if (!isTypedIn) drawn[index]?.replaceWith(machineOf(view));
    }
  }

  function machineOf(view: MachineView): HTMLElement {
    const { terminal, kind, name, faults, card } = view;
    const memory = typed.get(terminal) ?? { screenId: '', values: {} };
    typed.set(terminal, memory);
    const cut = faults.some(({ id, on }) => id === 'network-cut' && on);
    const head = element('h2', {}, [
      element('span', { text: `${either(name)} · ${terminal}` }),
      element('span', { text: word(cut ? 'offline' : 'online') }),
    ]);
    const screen = drawScreen(view.screen, memory, {
      press: (button, fields) => act(terminal, { act: 'press', button, fields }),
      scans: [
        { label: word('scanPhone'), read: async () => phones.map((phone) => phone.scan()).find((code) => code !== undefined) },
        ...(kind === 'pos' ? [payerCode('wechat', 'scanWechat'), payerCode('alipay', 'scanAlipay')] : []),
      ],
      disabled: busy === terminal,
    });
    const device = element('div', { class: `device machine ${kind}` }, [screen]);
    const switches = faults.map(({ id, label, on }) =>
      element('button', { text: either(label), pressed: on, onPress: () => act(terminal, { act: 'fault', id, on: !on }) }),
    );
    const person = school?.person;
    const reader =
      person === undefined
        ? []
        : [
            element('button', {
              class: 'reader',
              pressed: card !== null,
              text: card === null ? `${word('layCard')} · ${person.name}` : word('takeCard'),
              onPress: () => act(terminal, { act: 'place', card: card === null ? person.cardNumber : null }),
            }),
          ];
    const made = element('section', { id: `machine-${terminal}`, class: 'hall-machine' }, [
      head,
      device,
      element('div', { class: 'chips' }, [...reader, ...switches]),
    ]);
    made.setAttribute('aria-label', either(name));
    return made;
  }

  function act(terminal: number, what: Readonly<Record<string, unknown>>): void {
    if (school === undefined) return;
    // Only a press leaves the field that is typed in; laying a card beside it does not.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    busy = terminal;
    draw();
    ask<readonly MachineView[]>('/bench/hall', { schoolId: school.schoolId, terminal, ...what }, 60_000).then(show, () => show(machines));
  }

  function show(next: readonly MachineView[]): void {
    busy = undefined;
    machines = next;
    draw();
  }

  function load(): void {
    if (school === undefined || !isOpen || busy !== undefined) return;
    const asked = school.schoolId;
    ask<{ readonly waiting: readonly WaitingPayer[] }>('/sandbox/control/payment-codes').then(
      ({ waiting }) => drawWaiting(waiting),
      () => undefined,
    );
    ask<readonly MachineView[]>(`/bench/hall?school=${asked}`).then(
      (next) => {
        if (busy === undefined && asked === school?.schoolId) show(next);
      },
      () => undefined,
    );
  }

  unfold.addEventListener('click', () => {
    isOpen = !isOpen;
    hall.hidden = !isOpen;
    drawHead();
    load();
    if (isOpen) hall.scrollIntoView({ behavior: 'smooth', block: 'start' });
  });
  onLanguage(() => {
    drawHead();
    draw();
  });
  // Machines act by themselves too: they wait for the bank, run water, and ask again.
  setInterval(load, REFRESH_MS);
}

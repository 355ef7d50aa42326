import { ask, byId, element } from './dom';
import type { Phone } from './phones';
import { either, onLanguage, type Word, word, yuan } from './text';

interface PosAnswer {
  readonly outcome: 'charged' | 'not-charged' | 'voided' | 'unknown';
  readonly amountFen: number;
  readonly claimedFen: number;
  readonly cardFen: number | null;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly tookMs: number;
}

interface Faults {
  readonly offline: boolean;
  readonly answerLost: boolean;
  readonly clockAheadMs: number;
}

const FIVE_MINUTES_MS = 300_000;
const OUTCOME: Readonly<Record<PosAnswer['outcome'], Word>> = {
  charged: 'paid',
  voided: 'voided',
  'not-charged': 'notPaid',
  unknown: 'unknown',
};
const DIGITS = ['7', '8', '9', 'back', '4', '5', '6', 'void', '1', '2', '3', 'scan', '0', '00', '.', 'tap'] as const;

/** The till: an amount, a scan of whichever phone shows a code, a tap of the card of the school's person. */
export function setUpTill(phones: readonly Phone[]): void {
  let typed = '';
  let busy = false;
  let answer: PosAnswer | undefined;
  let line: Word | undefined;
  let schoolId = phones[0]?.school.schoolId ?? '';
  let faults: Faults = { offline: false, answerLost: false, clockAheadMs: 0 };

  function amountFen(): number {
    const [whole = '', cents = ''] = typed.split('.');
    return Number(whole || '0') * 100 + Number(cents.padEnd(2, '0'));
  }

  function draw(): void {
    const shown = answer !== undefined && typed === '';
    const lcd = document.querySelector('.lcd');
    lcd?.classList.toggle('done', shown && answer?.outcome === 'charged');
    lcd?.classList.toggle('refused', shown && answer?.outcome === 'not-charged');
    byId('till-caption').textContent = shown && answer ? word(OUTCOME[answer.outcome]) : word('due');
    byId('till-amount').textContent = yuan(shown && answer ? answer.amountFen : amountFen());
    byId('till-line').textContent = lineText(shown);
    byId('till-state').textContent = word(faults.offline ? 'offline' : 'online');
    drawKeys();
    drawFaults();
  }

  function lineText(shown: boolean): string {
    if (busy) return word('working');
    if (line !== undefined) return word(line);
    if (!shown || answer === undefined) return word(amountFen() > 0 ? 'presentCode' : 'enterAmount');
    if (answer.outcome === 'not-charged' || answer.outcome === 'unknown') return either({ zh: answer.messageZh, en: answer.messageEn });
    const claimed = answer.claimedFen > 0 ? `${word('claimed')} ${yuan(answer.claimedFen)} · ` : '';
    return `${claimed}${word('cardAfter')} ${yuan(answer.cardFen ?? 0)} · ${answer.tookMs} ms`;
  }

  function drawKeys(): void {
    const acts: Partial<Record<(typeof DIGITS)[number], () => void>> = {
      back: () => type(typed.slice(0, -1)),
      void: () => press({ press: 'void', schoolId }),
      scan,
      tap,
    };
    const open = answer?.outcome === 'unknown' && typed === '';
    const keys = DIGITS.map((key) => {
      const act = acts[key];
      const text = key === 'back' ? '←' : key === 'void' || key === 'scan' || key === 'tap' ? word(key) : key;
      const style = key === 'void' ? 'back' : key === 'scan' || key === 'tap' ? 'act' : '';
      return element('button', { id: `till-${key}`, class: style, text, disabled: busy, onPress: act ?? (() => type(typed + key)) });
    });
    const after = (['retry', 'query'] as const).map((name) =>
      element('button', {
        id: `till-${name}`,
        class: 'act',
        text: word(name),
        disabled: busy,
        onPress: () => press({ press: name, schoolId }),
      }),
    );
    byId('till-keys').replaceChildren(...keys, ...(open ? after : []));
  }

  function drawFaults(): void {
    const chip = (name: Word, on: boolean, next: Faults) =>
      element('button', { text: word(name), pressed: on, onPress: () => setFaults(next) });
    const ahead = faults.clockAheadMs !== 0;
    byId('till-faults').replaceChildren(
      chip('cutNetwork', faults.offline, { ...faults, offline: !faults.offline }),
      chip('loseAnswer', faults.answerLost, { ...faults, answerLost: !faults.answerLost }),
      chip('clockAhead', ahead, { ...faults, clockAheadMs: ahead ? 0 : FIVE_MINUTES_MS }),
    );
  }

  function type(next: string): void {
    if (!/^(\d{0,5}|\d{1,5}\.\d{0,2})$/.test(next)) return;
    typed = next.replace(/^0+(?=\d)/, '');
    line = undefined;
    answer = undefined;
    draw();
  }

  function scan(): void {
    if (amountFen() === 0) {
      say('enterAmount');
      return;
    }
    for (const phone of phones) {
      const code = phone.scan();
      if (code === undefined) continue;
      schoolId = phone.school.schoolId;
      press({ press: 'scan', schoolId, amountFen: amountFen(), code });
      return;
    }
    say('noCode');
  }

  function tap(): void {
    if (amountFen() === 0) {
      say('enterAmount');
      return;
    }
    const phone = phones.find(({ school }) => school.schoolId === schoolId) ?? phones[0];
    if (phone === undefined) return;
    press({ press: 'tap', schoolId: phone.school.schoolId, amountFen: amountFen(), cardNumber: phone.school.person.cardNumber });
  }

  function say(name: Word): void {
    line = name;
    draw();
  }

  function press(body: Readonly<Record<string, unknown>>): void {
    busy = true;
    line = undefined;
    draw();
    ask<PosAnswer>('/bench/till/press', body).then(ended, () => ended(undefined));
  }

  function ended(next: PosAnswer | undefined): void {
    busy = false;
    answer = next;
    typed = '';
    draw();
  }

  function setFaults(next: Faults): void {
    ask<Faults>('/bench/till/faults', next).then((now) => {
      faults = now;
      draw();
    }, draw);
  }

  // A tap or scan is made at the till of the school whose phone was touched last.
  for (const phone of phones) {
    const touch = () => {
      schoolId = phone.school.schoolId;
    };
    byId(phone.sectionId).addEventListener('pointerenter', touch);
  }
  ask<Faults>('/bench/till').then(
    (now) => {
      faults = now;
      onLanguage(draw);
    },
    () => onLanguage(draw),
  );
}

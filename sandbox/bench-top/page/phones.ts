import jsQR from 'jsqr';
import { byId, element } from './dom';
import { either, onLanguage, type Word, word } from './text';

export interface SchoolView {
  readonly schoolId: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly person: {
    readonly name: string;
    readonly number: string;
    readonly password: string;
    readonly idTail: string;
    readonly cardNumber: string;
  };
}

type Container = 'wechat' | 'alipay';

/** A phone with the browser build in its container. Its school decides which till stands beside it. */
export class Phone {
  readonly #frame = element('iframe');
  readonly #note = element('div', { class: 'note' });
  readonly #container: Container;
  readonly #schools: readonly SchoolView[];
  #school: SchoolView;
  #noteTimer = 0;

  constructor(container: Container, schools: readonly SchoolView[], wanted: string) {
    this.#container = container;
    this.#schools = schools;
    const kept = localStorage.getItem(`bench-school:${container}`) ?? wanted;
    const school = schools.find(({ schoolId }) => schoolId === kept) ?? schools[0];
    if (school === undefined) throw new Error('no schools');
    this.#school = school;
    this.#note.hidden = true;
    this.#note.setAttribute('role', 'status');
    this.#frame.title = container === 'wechat' ? '微信 WeChat' : '支付宝 Alipay';
    this.#frame.id = `frame-${container}`;
    this.#frame.src = `/phone/${container}/`;
    const phone = element('div', { class: 'phone' }, [element('div', { class: 'screen' }, [this.#frame]), this.#note]);
    const title = element('h2');
    const say = element('p', { class: 'say' });
    byId(this.sectionId).append(title, phone, say);
    onLanguage(() => {
      title.replaceChildren(element('span', { text: word(`${container}Phone`) }), this.#picker());
      this.#hint(say);
    });
    title.addEventListener('change', () => this.#hint(say));
  }

  /** The part of the page in which it stands. */
  get sectionId(): string {
    return `phone-${this.#container}`;
  }

  get school(): SchoolView {
    return this.#school;
  }

  get window(): Window | null {
    return this.#frame.contentWindow;
  }

  /** The digits of the code that is drawn on this phone now, read from its pixels as a scanner would. */
  scan(): string | undefined {
    for (const canvas of this.#frame.contentDocument?.querySelectorAll('canvas') ?? []) {
      // A canvas of the frame is not an instance of this window's class; the tag name says what it is.
      if (canvas.width === 0 || canvas.offsetParent === null) continue;
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      const found = pixels && jsQR(pixels.data, pixels.width, pixels.height);
      // A pass for tills without a network is a longer row of digits than a code.
      if (found && /^\d{16,400}$/.test(found.data)) return found.data;
    }
    return undefined;
  }

  /** A message that comes down over the screen, as an SMS does. */
  note(text: string): void {
    this.#note.textContent = text;
    this.#note.hidden = false;
    clearTimeout(this.#noteTimer);
    this.#noteTimer = window.setTimeout(() => {
      this.#note.hidden = true;
    }, 15_000);
  }

  /** As bought: nothing kept from before. */
  renew(): void {
    const drawers = Object.keys(localStorage).filter((name) => name.startsWith(`ecode:${this.#container}:`));
    for (const drawer of drawers) localStorage.removeItem(drawer);
    this.#frame.src = `/phone/${this.#container}/?new=${Date.now()}`;
  }

  #picker(): HTMLSelectElement {
    const options = this.#schools.map(({ schoolId, name }) => {
      const option = element('option', { text: either(name) });
      option.value = schoolId;
      option.selected = schoolId === this.#school.schoolId;
      return option;
    });
    const picker = element('select', { title: word('school') }, options);
    picker.addEventListener('change', () => {
      this.#school = this.#schools.find(({ schoolId }) => schoolId === picker.value) ?? this.#school;
      localStorage.setItem(`bench-school:${this.#container}`, this.#school.schoolId);
    });
    return picker;
  }

  #hint(say: HTMLElement): void {
    const { person } = this.#school;
    const todo: Word = this.#container === 'wechat' ? 'tryWechat' : 'tryAlipay';
    const code = (text: string) => element('code', { text });
    say.replaceChildren(
      element('b', { text: word('tryIt') }),
      `${word('bindAs')} `,
      code(person.name),
      ' ',
      code(person.number),
      ` ${word('password')} `,
      code(person.password),
      ` ${word('idTail')} `,
      code(person.idTail),
      element('br'),
      word(todo),
    );
  }
}

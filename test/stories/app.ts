import type { Bitmap } from '../packages/host/canvas';

/** A student's hands and eyes on one running app, whatever it runs in. */
export interface App {
  /** Opens it as from the platform's list of mini-programs; on a phone where it is new, the privacy policy is agreed to. */
  open(): Promise<void>;
  has(id: string): Promise<boolean>;
  /** Text of an element on the screen; throws when it is not there. */
  textOf(id: string): Promise<string>;
  /** What an empty field says of what belongs into it. */
  placeholder(id: string): Promise<string>;
  /** Of the bar above the screen, or of the browser's tab. */
  title(): Promise<string>;
  /** Everything on the screen. */
  text(): Promise<string>;
  tap(id: string): Promise<void>;
  type(id: string, value: string): Promise<void>;
  /** Back to the screen before, as the container's own arrow does. */
  back(): Promise<void>;
  /** What a camera would see of a drawn symbol; undefined until something is drawn. */
  picture(id: string): Promise<Bitmap | undefined>;
  /** What the payer presses at the next cashier. */
  atCashier(press: 'pay' | 'cancel'): void;
  /** The session this app holds, for asking the server what the screen will not ask. */
  token(): Promise<string>;
  /** What went wrong inside the app so far. */
  errors(): readonly string[];
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;

/** Looks until it is so. @throws with what is on the screen instead */
export async function until<T>(
  app: Pick<App, 'text' | 'errors'>,
  what: string,
  look: () => Promise<T | undefined | false>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}; the screen says: ${await app.text()}\n${app.errors().join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

type Looked = Pick<App, 'has' | 'text' | 'errors'>;

export const appears = (app: Looked, id: string, patienceMs?: number): Promise<true> =>
  until(app, `#${id}`, async () => ((await app.has(id)) ? (true as const) : undefined), patienceMs);

export const says = (app: App, id: string, words: RegExp, patienceMs?: number): Promise<string> =>
  until(
    app,
    `#${id} to say ${words}`,
    async () => {
      if (!(await app.has(id))) return undefined;
      const text = await app.textOf(id);
      return words.test(text) ? text : undefined;
    },
    patienceMs,
  );

/** A finger: it waits until the element can be pressed, and rests a moment before the next deed. */
export async function press(app: Looked & Pick<App, 'tap'>, id: string): Promise<void> {
  await appears(app, id);
  const end = Date.now() + PRESSABLE_WITHIN_MS;
  for (;;) {
    try {
      await app.tap(id);
      break;
    } catch (reason) {
      if (Date.now() > end) throw reason;
      await rest();
    }
  }
  await rest();
}

/** The first start of an app: nothing is collected before this press. */
export const agree = (app: Looked & Pick<App, 'tap'>): Promise<void> => press(app, 'consent-yes');

export async function fill(app: App, id: string, value: string): Promise<void> {
  await appears(app, id);
  await app.type(id, value);
  await rest();
}

const PRESSABLE_WITHIN_MS = 5_000;
const FINGER_MS = 60;
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, FINGER_MS));

import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { CanvasNode, type Painted } from './canvas';
import { createMy } from './my-api';
import { applyData, countNodes, pathTo, type TreeNode, textOf } from './node-tree';
import type { Navigation, Phone } from './phone';
import type { Templates } from './templates';
import type { World } from './world';
import { createWx } from './wx-api';

/**
 * Runs a built mini-program package outside its vendor's app: a context without window, document, fetch or process, App and Page as the
 * base library calls them, setData applied to a tree. Events go to the handler the compiled template binds (`templates`), or straight to
 * Taro's when there are none.
 */
export interface HostOptions {
  readonly kind: 'weapp' | 'alipay';
  /** miniapp/dist/weapp or miniapp/dist/alipay. */
  readonly folder: string;
  readonly world: World;
  readonly templates?: Templates;
  /** Where the phone is; without it its owner refuses to say. */
  readonly place?: { readonly latitude: number; readonly longitude: number };
  /** What the app is opened with. */
  readonly query?: Readonly<Record<string, string>>;
  /** The phone's clock, epoch ms; what the app reads as `Date.now()`. */
  readonly now?: () => number;
}

/** One message from the app's thread to its screen. */
export interface Update {
  readonly route: string;
  /** As JSON, which is what crosses. */
  readonly json: string;
  /** Its length in UTF-8. */
  readonly bytes: number;
}

/** What no screen of ours may send at once; WeChat advises to stay below 1 MB, and slows down long before. */
const UPDATE_LIMIT_BYTES = 64 * 1024;

type Method = (...args: unknown[]) => unknown;
type PageConfig = Record<string, unknown> & { data?: Record<string, unknown> };

interface PageInstance extends Record<string, unknown> {
  readonly route: string;
  data: Record<string, unknown>;
}

export class PackageHost implements Navigation {
  /** Errors that reached the app's console or nobody. */
  readonly errors: string[] = [];
  readonly shown: string[] = [];
  /** Every `setData` so far. */
  readonly updates: Update[] = [];
  readonly storage = new Map<string, unknown>();
  /** Files that the app wrote, by path. */
  readonly files = new Map<string, string>();
  /** WeChat's own memory of a press on its privacy button. */
  privacyAgreed = false;
  /** Nothing more can be written to the phone. */
  storageIsFull = false;
  readonly #options: HostOptions;
  readonly #context: vm.Context;
  readonly #modules = new Map<string, { exports: unknown }>();
  readonly #pageConfigs = new Map<string, PageConfig>();
  readonly #canvases = new Map<string, CanvasNode>();
  readonly #stack: PageInstance[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #heldQueries: (() => void)[] | undefined;
  #app: Record<string, unknown> | undefined;
  #loadingPage = '';
  #isTapped = false;

  constructor(options: HostOptions) {
    this.#options = options;
    const phone: Phone = {
      storage: this.storage,
      keep: (key, value) => {
        if (this.storageIsFull) throw new Error('setStorageSync:fail exceed storage max size');
        this.storage.set(key, value);
      },
      privacyAgreed: () => this.privacyAgreed,
      shown: this.shown,
      place: options.place,
      query: options.query ?? {},
      host: () => this,
      files: this.files,
      isTapped: () => this.#isTapped,
      canvas: (id) => this.#canvasOf(id),
      answerQuery: (answer) => void (this.#heldQueries?.push(answer) ?? setImmediate(answer)),
    };
    const api = options.kind === 'weapp' ? { wx: createWx(phone, options.world) } : { my: createMy(phone, options.world) };
    this.#context = vm.createContext({
      ...api,
      ...this.#timerFunctions(),
      console: this.#console(),
      App: (config: Record<string, unknown>) => {
        this.#app = config;
      },
      Page: (config: PageConfig) => void this.#pageConfigs.set(this.#loadingPage, config),
      Component: () => undefined,
      Behavior: (behavior: unknown) => behavior,
      getApp: () => this.#app,
      getCurrentPages: () => [...this.#stack],
      // Taro's Alipay runtime reads it; its WeChat runtime must do without.
      ...(options.kind === 'alipay' ? { navigator: { swuserAgent: 'AlipayClient/10.6.50', userAgent: 'AlipayClient/10.6.50' } } : {}),
    });
    if (options.now) {
      // The context has a Date of its own, which the host's clock does not reach.
      (this.#context as { hostNow?: () => number }).hostNow = options.now;
      vm.runInContext('Date.now = hostNow; delete globalThis.hostNow;', this.#context);
    }
  }

  /** Starts the app and opens its first page, or the one named. */
  start(url?: string): void {
    const config = JSON.parse(readFileSync(path.join(this.#options.folder, 'app.json'), 'utf8')) as { pages: string[] };
    this.#require('app.js');
    if (!this.#app) throw new Error('app.js registered no App');
    const launch = { path: config.pages[0], query: this.#options.query ?? {}, scene: 1001 };
    this.#call(this.#app, 'onLaunch', launch);
    this.#call(this.#app, 'onShow', launch);
    this.navigateTo(url ?? `/${config.pages[0]}`);
  }

  /** Ends the app: every timer it left running. */
  close(): void {
    while (this.#stack.length > 0) this.#unload();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  get route(): string {
    return this.page.route;
  }

  get page(): PageInstance {
    const page = this.#stack.at(-1);
    if (!page) throw new Error('no page is open');
    return page;
  }

  get root(): TreeNode {
    // Taro's own shape, read with care everywhere.
    return (this.page.data.root ?? {}) as TreeNode;
  }

  navigateTo(url: string): void {
    const [pathname = '', search = ''] = url.split('?');
    const route = pathname.startsWith('/') ? pathname.slice(1) : path.posix.join(path.posix.dirname(this.route), pathname);
    const query = Object.fromEntries(
      search
        .split('&')
        .filter(Boolean)
        .map((pair) => pair.split('=').map(decodeURIComponent)),
    );
    const config = this.#loadPage(route);
    if (this.#stack.length > 0) this.#call(this.page, 'onHide');
    const data = this.#clone(config.data ?? {}) as Record<string, unknown>;
    const page: PageInstance = { ...config, route, __route__: route, data, options: query };
    page.setData = (changes: Record<string, unknown>, done?: Method) => {
      this.#weigh(route, changes);
      applyData(page.data, this.#clone(changes) as Record<string, unknown>);
      if (done) setImmediate(() => done.call(page));
    };
    page.$spliceData = undefined;
    page.selectComponent = () => null;
    page.getOpenerEventChannel = () => ({ on() {}, emit() {} });
    this.#stack.push(page);
    this.#call(page, 'onLoad', query);
    this.#call(page, 'onShow');
    this.#call(page, 'onReady');
  }

  redirectTo(url: string): void {
    this.#unload();
    this.navigateTo(url);
  }

  reLaunch(url: string): void {
    while (this.#stack.length > 0) this.#unload();
    this.navigateTo(url);
  }

  switchTab(url: string): void {
    this.reLaunch(url);
  }

  navigateBack(delta = 1): void {
    for (let left = Math.min(delta, this.#stack.length - 1); left > 0; left--) this.#unload();
    this.#call(this.page, 'onShow');
  }

  /** All that the open page shows, as text. */
  text(): string {
    return textOf(this.root);
  }

  has(id: string): boolean {
    return this.#nodePath(id) !== undefined;
  }

  textOf(id: string): string {
    const node = this.#nodePath(id)?.at(-1);
    if (!node) throw new Error(`no #${id} on ${this.route}: ${this.text()}`);
    return textOf(node);
  }

  /** What the compiled template gives an element, such as the words of an empty field. */
  attributeOf(id: string, name: string): unknown {
    return this.#options.templates?.render(this.route, this.page.data).find(id)?.attributes[name];
  }

  /** A finger on an element: the event reaches it and everything around it that listens. */
  tap(id: string): void {
    const agrees = this.#nodePath(id)?.at(-1)?.[this.#openType()] === 'agreePrivacyAuthorization';
    this.#isTapped = true;
    try {
      this.#dispatch(id, 'tap', { x: 1, y: 1 });
    } finally {
      this.#isTapped = false;
    }
    if (!agrees) return;
    this.privacyAgreed = true;
    this.#dispatch(id, 'agreeprivacyauthorization', {});
  }

  /** Under which short name Taro's templates of this build carry a button's `open-type`. */
  #openType(): string {
    const { kind, folder } = this.#options;
    if (kind === 'alipay') return 'none';
    return /open-type="\{\{i\.(\w+)\}\}"/.exec(readFileSync(path.join(folder, 'base.wxml'), 'utf8'))?.[1] ?? 'none';
  }

  input(id: string, value: string): void {
    this.#dispatch(id, 'input', { value, cursor: value.length });
  }

  /** The pixels and words of a canvas on the open page; undefined until the page has found it. */
  bitmap(id: string): Painted | undefined {
    return this.has(id) ? this.#canvases.get(`${this.route}#${id}`)?.bitmap() : undefined;
  }

  /** A slow screen: queries for elements asked from now until `answerAgain` get their answers when `release` is called. */
  holdQueries(): { readonly held: () => number; answerAgain(): void; release(): void } {
    const held: (() => void)[] = [];
    this.#heldQueries = held;
    return {
      held: () => held.length,
      answerAgain: () => {
        this.#heldQueries = undefined;
      },
      release: () => {
        for (const answer of held.splice(0)) answer();
      },
    };
  }

  /** Elements of the open page, its texts not counted. */
  nodeCount(): number {
    return countNodes(this.root);
  }

  #weigh(route: string, changes: Record<string, unknown>): void {
    const json = JSON.stringify(changes);
    const bytes = Buffer.byteLength(json);
    this.updates.push({ route, json, bytes });
    if (bytes > UPDATE_LIMIT_BYTES)
      this.errors.push(`setData of ${bytes} bytes on ${route}: ${Object.keys(changes).join(', ').slice(0, 200)}`);
  }

  #nodePath(id: string): TreeNode[] | undefined {
    return pathTo(this.root, (node) => node.uid === id || node.sid === id);
  }

  #canvasOf(id: string): CanvasNode | undefined {
    const node = this.#stack.length > 0 ? this.#nodePath(id)?.at(-1) : undefined;
    if (!node) return undefined;
    const { templates } = this.#options;
    if (templates && templates.render(this.route, this.page.data).find(id)?.tag !== 'canvas') return undefined;
    const key = `${this.route}#${id}`;
    let canvas = this.#canvases.get(key);
    if (!canvas) {
      canvas = new CanvasNode();
      this.#canvases.set(key, canvas);
    }
    return canvas;
  }

  #dispatch(id: string, type: string, detail: unknown): void {
    const nodes = this.#nodePath(id);
    const target = nodes?.at(-1);
    if (!nodes || !target) throw new Error(`no #${id} on ${this.route}: ${this.text()}`);
    const place = (node: TreeNode) => ({ id: node.uid ?? node.sid, dataset: { sid: node.sid }, offsetLeft: 0, offsetTop: 0 });
    const { templates } = this.#options;
    const bound = templates?.render(this.route, this.page.data);
    let heard = false;
    // From the element outwards: both platforms let a tap rise until something catches it.
    for (const node of [...nodes].reverse()) {
      const listener = bound ? bound.listener(node.uid ?? node.sid ?? '', type) : { handler: 'eh', catches: false };
      if (!listener) continue;
      heard = true;
      const handler = this.page[listener.handler];
      if (typeof handler !== 'function') throw new Error(`the template binds ${listener.handler}, which ${this.route} does not have`);
      const event = { type, timeStamp: Date.now(), target: place(target), currentTarget: place(node), detail, mark: {} };
      handler.call(this.page, this.#clone(event));
      if (listener.catches || type !== 'tap') break;
    }
    if (!heard) throw new Error(`nothing listens to ${type} at #${id} on ${this.route}`);
  }

  #loadPage(route: string): PageConfig {
    const known = this.#pageConfigs.get(route);
    if (known) return known;
    this.#loadingPage = route;
    this.#require(`${route}.js`);
    const config = this.#pageConfigs.get(route);
    if (!config) throw new Error(`${route}.js registered no Page`);
    return config;
  }

  #unload(): void {
    const page = this.page;
    this.#call(page, 'onHide');
    this.#call(page, 'onUnload');
    this.#stack.pop();
    for (const key of [...this.#canvases.keys()]) if (key.startsWith(`${page.route}#`)) this.#canvases.delete(key);
  }

  #require(file: string): unknown {
    const name = path.posix.normalize(file);
    const known = this.#modules.get(name);
    if (known) return known.exports;
    const module: { exports: unknown } = { exports: {} };
    this.#modules.set(name, module);
    const source = readFileSync(path.join(this.#options.folder, name), 'utf8');
    const run = vm.runInContext(`(function (module, exports, require) {${source}\n})`, this.#context, { filename: name }) as Method;
    run(module, module.exports, (wanted: string) =>
      this.#require(`${path.posix.join(path.posix.dirname(name), wanted)}${path.extname(wanted) ? '' : '.js'}`),
    );
    return module.exports;
  }

  #call(on: Record<string, unknown>, method: string, ...args: unknown[]): void {
    const found = on[method];
    if (typeof found === 'function')
      found.apply(
        on,
        args.map((arg) => this.#clone(arg)),
      );
  }

  /** Values cross between app and host as JSON, as they do between the two threads of a mini-program. */
  #clone(value: unknown): unknown {
    if (value === undefined) return undefined;
    const text = JSON.stringify(value);
    return text === undefined ? undefined : vm.runInContext(`JSON.parse(${JSON.stringify(text)})`, this.#context);
  }

  #console(): Record<string, Method> {
    const note = (...parts: unknown[]): void => {
      const text = parts.map((part) => (part instanceof Error || hasStack(part) ? String(part.stack) : String(part))).join(' ');
      this.errors.push(text);
    };
    const ignore = (): void => undefined;
    return {
      log: ignore,
      info: ignore,
      debug: ignore,
      time: ignore,
      timeEnd: ignore,
      group: ignore,
      groupEnd: ignore,
      warn: ignore,
      error: note,
    };
  }

  #timerFunctions(): Record<string, unknown> {
    const guarded = (run: Method, args: unknown[]) => () => {
      try {
        run(...args);
      } catch (error) {
        this.errors.push(hasStack(error) ? String(error.stack) : String(error));
      }
    };
    const add = (timer: NodeJS.Timeout): number => {
      this.#timers.add(timer);
      return timer[Symbol.toPrimitive]();
    };
    const clear = (id: number): void => clearTimeout(id);
    return {
      setTimeout: (run: Method, delay?: number, ...args: unknown[]) => add(setTimeout(guarded(run, args), delay)),
      setInterval: (run: Method, delay?: number, ...args: unknown[]) => add(setInterval(guarded(run, args), delay)),
      clearTimeout: clear,
      clearInterval: clear,
      queueMicrotask,
    };
  }
}

/** Errors of the app are of its own context, where `instanceof Error` of this one is false. */
function hasStack(value: unknown): value is { stack: unknown } {
  return typeof value === 'object' && value !== null && 'stack' in value;
}

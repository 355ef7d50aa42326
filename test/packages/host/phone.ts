import type { CanvasNode } from './canvas';

/** The stack of pages, as an app moves through it. */
export interface Navigation {
  navigateTo(url: string): void;
  redirectTo(url: string): void;
  reLaunch(url: string): void;
  switchTab(url: string): void;
  navigateBack(delta: number): void;
}

/** What both platforms' objects need of the phone they run on. */
export interface Phone {
  readonly storage: ReadonlyMap<string, unknown> & Pick<Map<string, unknown>, 'delete'>;
  /** Writes to the storage. @throws when it is full */
  readonly keep: (key: string, value: unknown) => void;
  readonly privacyAgreed: () => boolean;
  readonly host: () => Navigation;
  readonly canvas: (id: string) => CanvasNode | undefined;
  /** Answers a query for elements, later: the screen is another thread. */
  readonly answerQuery: (answer: () => void) => void;
  /** What the app was opened with. */
  readonly query: Readonly<Record<string, string>>;
  /** Where the phone is; undefined where its owner refuses to say. */
  readonly place: { readonly latitude: number; readonly longitude: number } | undefined;
  /** Files of the app's own folder, by path. */
  readonly files: Map<string, string>;
  /** A finger is on the screen just now: some of what leaves the app must come from it. */
  readonly isTapped: () => boolean;
  /** What the app showed over the page and did to the phone, newest last. */
  readonly shown: string[];
}

export const SCREEN = {
  windowWidth: 375,
  windowHeight: 724,
  screenWidth: 375,
  screenHeight: 812,
  pixelRatio: 3,
  statusBarHeight: 44,
} as const;

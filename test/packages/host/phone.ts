import type { CanvasNode } from './canvas';
import type { PackageHost } from './package-host';

/** What both platforms' objects need of the phone they run on. */
export interface Phone {
  readonly storage: Map<string, unknown>;
  readonly host: () => PackageHost;
  readonly canvas: (id: string) => CanvasNode | undefined;
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

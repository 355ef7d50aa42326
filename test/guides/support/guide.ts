import type { Page } from 'playwright-core';
import type { BenchMachine } from '../../../sandbox/local/bench-machines';
import type { Stack } from '../../../sandbox/local/stack';
import type { Machine } from '../../../sandbox/terminals/machine';
import type { Pos } from '../../../sandbox/terminals/pos';
import type { App } from '../../stories/app';
import type { PackageApp } from '../../stories/package-app';
import type { Student } from '../../stories/student';

/** What a student's screen is built for. */
export type AppBuild = 'weapp' | 'alipay' | 'browser';

/** One student with one app at one school, from the first step of a chapter to its last. */
export interface Scene {
  readonly build: AppBuild;
  readonly app: App;
  readonly stack: Stack;
  readonly student: Student;
  /** Who holds the phone, in the sandbox. */
  readonly holder: string;
  /** The canteen's till. */
  readonly till: Pos;
  /** A machine of the school's halls, the same one each time. */
  readonly machine: (kind: Exclude<BenchMachine['kind'], 'pos'>) => Machine;
  /** The browser's own page; undefined in a mini-program. */
  readonly page: Page | undefined;
  /** The mini-program's own phone; undefined in the browser. */
  readonly phone: PackageApp | undefined;
}

/**
 * One sentence of the guide, in its words, with the rows that it shows. Steps of a chapter follow each other on one phone.
 * @param where 'terminal' where the row is shown by the sandbox's machine, whatever build the student holds
 */
export type Step = (ids: string, words: string, deed: (scene: Scene) => Promise<void>, where?: 'terminal') => void;

export interface Chapter {
  /** The guide's own heading. */
  readonly title: string;
  readonly schoolId: string;
  /** The build that the guide names; the full run takes all three. */
  readonly build: AppBuild;
  /** Which app shows the browser build; `computer` is no app at all. WeChat Work runs the mini-program too, where it is WeChat's. */
  readonly container: 'wechat' | 'alipay' | 'wecom' | 'computer';
  readonly steps: (step: Step) => void;
}

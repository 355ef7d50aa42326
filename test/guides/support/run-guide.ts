import path from 'node:path';
import type { Browser } from 'playwright-core';
import { benchMachines } from '../../../sandbox/bench-top/machines';
import { BENCH_MACHINES } from '../../../sandbox/local/bench-machines';
import { type Stack, startStack } from '../../../sandbox/local/stack';
import type { Machine } from '../../../sandbox/terminals/machine';
import { launchBrowser } from '../../e2e/browser';
import { browserApp } from '../../e2e/browser-app';
import { compileTemplates } from '../../packages/host/templates';
import { packageApp } from '../../stories/package-app';
import { CARDHOLDERS, studentOf, tillOf } from '../../stories/student';
import { root } from '../../support/project';
import type { AppBuild, Chapter, Scene, Step } from './guide';

const BUILDS: readonly AppBuild[] = ['weapp', 'alipay', 'browser'];
const isFull = process.env.ECODE_FULL === '1';
const STEP_MS = 60_000;
/** The first screen of a page on a computer. */
const COMPUTER_PAGE = '/packages/computer/pages/school/index';

/**
 * Every step of every chapter as a test whose name carries the rows, and in brackets what it ran on, which `npm run features` reads: the build
 * that the guide names, in the full run each of the three.
 */
export function runGuide(guide: string, chapters: readonly Chapter[]): void {
  let stack: Stack;
  let browser: Browser | undefined;
  let nextStudent = 0;
  const halls = new Map<string, Scene['machine']>();
  const runs = chapters.flatMap((chapter) => (isFull ? BUILDS : [chapter.build]).map((build) => ({ chapter, build })));

  beforeAll(async () => {
    const starting = startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 });
    if (runs.some(({ build }) => build === 'browser')) browser = await launchBrowser();
    stack = await starting;
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  describe.each(runs)(`${guide}: $chapter.title [$build]`, ({ chapter, build }) => {
    let scene: Scene;
    let failed: string | undefined;
    beforeAll(async () => {
      scene = await openScene({ stack, browser, halls, build, chapter, nth: nextStudent });
      nextStudent += 1;
    }, STEP_MS);
    afterAll(async () => scene?.app.close());

    const step: Step = (ids, words, deed, where) => {
      it(
        `${ids} ${words}${where === undefined ? '' : ` [${where}]`}`,
        async () => {
          // What follows stands on it: it would fail for no reason of its own, and take its time.
          if (failed !== undefined) throw new Error(`an earlier step failed: ${failed}`);
          try {
            await deed(scene);
            expect(scene.app.errors()).toEqual([]);
          } catch (reason) {
            failed = ids;
            throw reason;
          }
        },
        STEP_MS,
      );
    };
    chapter.steps(step);
  });
}

interface Opening {
  readonly stack: Stack;
  readonly browser: Browser | undefined;
  /** By school: a machine goes on counting its sales from one chapter to the next. */
  readonly halls: Map<string, Scene['machine']>;
  readonly build: AppBuild;
  readonly chapter: Chapter;
  readonly nth: number;
}

async function openScene({ stack, browser, halls, build, chapter, nth }: Opening): Promise<Scene> {
  const { schoolId, container } = chapter;
  const { id: holder } = stack.sandbox.world.addPerson(`${chapter.title} ${build}`);
  const place = stack.packs.find((pack) => pack.schoolId === schoolId)?.location;
  if (place === undefined) throw new Error(`nobody knows where ${schoolId} is`);
  const student = studentOf(stack, schoolId, nth);
  const machine = halls.get(schoolId) ?? machinesOf(stack, schoolId);
  halls.set(schoolId, machine);
  const common = { build, stack, student, holder, till: tillOf(stack, schoolId), machine };
  if (build !== 'browser') {
    // As its compiled templates bind it: what no template draws is not on the screen.
    const templates = compileTemplates(build, path.join(root, 'miniapp', 'dist', build));
    const workOf = container === 'wecom' && build === 'weapp' ? { workOf: schoolId } : {};
    const phone = packageApp({ kind: build, stack, person: holder, templates, place, ...workOf });
    if (container !== 'computer') return { ...common, app: phone, page: undefined, phone };
    return { ...common, app: { ...phone, open: async () => phone.host.start(COMPUTER_PAGE) }, page: undefined, phone };
  }
  if (browser === undefined) throw new Error('no browser was started');
  const app = await browserApp({ browser, container, webUrl: stack.web.url, person: holder, place });
  return { ...common, app, page: app.page, phone: undefined };
}

/** The machines of a school's halls on the running functions, made when they are first asked for. */
function machinesOf(stack: Stack, schoolId: string): Scene['machine'] {
  const memories = new Map<string, unknown>();
  const memory = (name: string) => ({ load: () => memories.get(name), save: (next: unknown) => void memories.set(name, next) });
  const { secrets, packs, functionsUrl } = stack;
  let machines: ReturnType<ReturnType<typeof benchMachines>> | undefined;
  return (kind): Machine => {
    machines ??= benchMachines({ secrets, packs, functionsUrl, kept: { memory, written: async () => undefined }, fetch, clock: Date.now })(
      schoolId,
    );
    const terminal = BENCH_MACHINES.find((each) => each.kind === kind)?.terminal;
    const found = machines.find((each) => each.terminal === terminal);
    if (found === undefined) throw new Error(`${schoolId} has no ${kind}`);
    return found.machine;
  };
}

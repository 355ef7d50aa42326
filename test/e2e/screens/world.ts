import { type Stack, startStack } from '../../../sandbox/local/stack';
import { CARDHOLDERS } from '../../stories/student';
import { root } from '../../support/project';
import { launchBrowser } from '../browser';
import { Holders } from './holders';

/** A stack with everybody who looks at screens. */
export interface ScreensWorld {
  readonly stack: Stack;
  readonly holders: Holders;
  close(): Promise<void>;
}

export async function startScreensWorld(): Promise<ScreensWorld> {
  const [stack, browser] = await Promise.all([startStack({ root, cardholdersPerSchool: CARDHOLDERS, speed: 100 }), launchBrowser()]);
  const holders = new Holders(stack, browser);
  return {
    stack,
    holders,
    close: async () => {
      await holders.close();
      await browser.close();
      await stack.stop();
    },
  };
}

import { writeCardNumber } from '../../domain/card-number';
import { chipKey } from '../../domain/school-keys';
import type { CodeScreen } from './phone';
import type { World } from './world';

/** One installation of the mini-program: who the platform says it is, its session, and the codes it can show. */
export interface App {
  readonly openid: string;
  token: string | undefined;
  screen: CodeScreen | undefined;
}

const MOST_APPS = 6;

/** A person with a card and some phones. What the person can do is what the person was told. */
export class Cardholder {
  readonly accountNo: number;
  readonly number: string;
  readonly name = '测试·甲';
  readonly cardNumber: string;
  readonly chipKey: Uint8Array;
  readonly apps: App[] = [];
  readonly #world: World;
  #counter = 0;
  #installed = 0;

  constructor(world: World, accountNo: number) {
    this.#world = world;
    this.accountNo = accountNo;
    this.number = `N${accountNo}`;
    this.cardNumber = writeCardNumber({ accountNo, issue: 1 });
    this.chipKey = chipKey(world.keys, this.cardNumber);
  }

  /** A phone that was never used for this account. The oldest one is thrown away when there are too many. */
  install(): App {
    this.#installed += 1;
    const app: App = { openid: `open-${this.accountNo}-${this.#installed}`, token: undefined, screen: undefined };
    this.apps.push(app);
    if (this.apps.length > MOST_APPS) this.apps.shift();
    return app;
  }

  anyApp(): App {
    return this.apps.length === 0 ? this.install() : this.#world.chance.pick(this.apps);
  }

  nextCounter(): number {
    this.#counter += 1;
    return this.#counter;
  }
}

import { type ErrorCode, isAppError } from '../../../shared/errors';
import { newId } from '../../../shared/ids';
import { cancelLossDraft, claimDraft } from '../../domain/account-changes';
import { changeAccount } from '../../operations/append-loop';
import { bind } from '../../operations/bind';
import { asHolder, type HolderCaller, readCaller } from '../../operations/caller';
import { cancelLoss } from '../../operations/cancel-loss';
import { codeKey } from '../../operations/code-key';
import { listApps } from '../../operations/list-apps';
import { removeApp } from '../../operations/remove-app';
import { reportLoss } from '../../operations/report-loss';
import { signIn } from '../../operations/sign-in';
import { CONSENT } from '../student-world';
import { Broken } from './broken';
import type { App, Cardholder } from './cardholder';
import { send } from './network';
import { CodeScreen } from './phone';
import { ID_TAIL, PASSWORD, type StudentParts, studentParts } from './student-functions';
import { isOver, type World } from './world';

const PATIENCE_MS = 6_000;

/** Refusals that somebody honest meets when things happen at the same time or somebody else was faster. */
const MAY_BE_TOLD: readonly ErrorCode[] = [
  'request.busy',
  'auth.sign-in-required',
  'auth.bind-required',
  'auth.already-bound',
  'auth.too-many-apps',
  'auth.app-unknown',
  'auth.locked',
  'code.frozen',
  'account.not-lost',
];

/** What cardholders do besides paying: bind apps and remove them, report a loss and take it back, claim what waits. */
export class AccountChanges {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async live(holders: readonly Cardholder[]): Promise<void> {
    const { chance, scheduler } = this.#world;
    while (!isOver(this.#world)) {
      await scheduler.sleep(chance.between(500, 20_000));
      const holder = chance.pick(holders);
      scheduler.start(() => this.#one(holder));
    }
  }

  async #one(holder: Cardholder): Promise<void> {
    const { chance, scheduler } = this.#world;
    switch (chance.pick(['loss', 'remove', 'bind', 'claim'] as const)) {
      case 'loss':
        await this.#asHolder(holder.anyApp(), (parts, caller) =>
          reportLoss(parts, caller, { password: PASSWORD, keepCodes: chance.is(0.3) }),
        );
        await scheduler.sleep(chance.between(1_000, 15_000));
        await this.#findCard(holder);
        return;
      case 'remove':
        await this.#removeOne(holder);
        return;
      case 'bind':
        await this.bindApp(holder, chance.is(0.5) ? holder.install() : holder.anyApp());
        return;
      case 'claim':
        await this.#atDesk(holder, 'claim');
    }
  }

  /** Signs in, binds and fetches the code keys; each step may fail and is tried a few times. */
  async bindApp(holder: Cardholder, app: App): Promise<void> {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const reply = await this.#ask((parts) => signIn(parts, { platform: 'wechat-mini', code: app.openid }));
      if (reply !== undefined) app.token = reply.sessionToken;
      if (app.token === undefined) continue;
      const { number, name } = holder;
      const { schoolId } = this.#world.pack;
      await this.#ask(async (parts) =>
        bind(parts, await callerOf(parts, app), { schoolId, number, name, password: PASSWORD, consent: CONSENT }),
      );
      const keys = await this.#asHolder(app, (parts, caller) => codeKey(parts, caller));
      if (keys === undefined) continue;
      app.screen = new CodeScreen(this.#world, keys);
      return;
    }
  }

  async #removeOne(holder: Cardholder): Promise<void> {
    const app = holder.anyApp();
    const list = await this.#asHolder(app, (parts, caller) => listApps(parts, caller));
    if (list === undefined || list.apps.length === 0) return;
    const { bindingId } = this.#world.chance.pick(list.apps);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if ((await this.#asHolder(app, (parts, caller) => removeApp(parts, caller, bindingId))) !== undefined) return;
    }
  }

  async #findCard(holder: Cardholder): Promise<void> {
    const canProve = this.#world.pack.secondProofs.includes('id-tail');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const found = canProve
        ? await this.#asHolder(holder.anyApp(), (parts, caller) =>
            cancelLoss(parts, caller, { password: PASSWORD, proof: { kind: 'id-tail', value: ID_TAIL } }),
          )
        : await this.#atDesk(holder, 'found');
      if (found !== undefined) return;
    }
  }

  /** What needs no app: a kiosk that claims, the service desk that takes a loss report back. */
  #atDesk(holder: Cardholder, what: 'claim' | 'found'): Promise<object | undefined> {
    const { pack } = this.#world;
    return this.#ask(async (parts) => {
      const entryId = newId('dsk', parts.clock(), parts.randomBytes);
      return changeAccount<undefined, object>(parts, {
        account: { schoolId: pack.schoolId, accountNo: holder.accountNo },
        utcOffsetMinutes: pack.utcOffsetMinutes,
        gather: async () => undefined,
        decide: (head, recordedAt) => {
          const at = { entryId, occurredAt: recordedAt };
          const write =
            what === 'claim'
              ? claimDraft(head, { ...at, recordedAt }, pack)
              : head.state.lostAt > 0
                ? cancelLossDraft(head, at)
                : undefined;
          return write === undefined ? { answer: {} } : { write, answer: (written) => written };
        },
      });
    });
  }

  #asHolder<T>(app: App, run: (parts: StudentParts, caller: HolderCaller) => Promise<T>): Promise<T | undefined> {
    return this.#ask(async (parts) => run(parts, asHolder(await callerOf(parts, app))));
  }

  /** Undefined when nothing was heard or the answer was a refusal; only those of the list may be one. */
  async #ask<T>(run: (parts: StudentParts) => Promise<T>): Promise<T | undefined> {
    const outcome = await send(
      this.#world,
      async (instance) => {
        this.#world.operations += 1;
        try {
          return await run(studentParts(this.#world, instance));
        } catch (error) {
          if (!isAppError(error)) throw error;
          if (!MAY_BE_TOLD.includes(error.code)) throw new Broken(`a cardholder was refused with ${error.code}`);
          return undefined;
        }
      },
      PATIENCE_MS,
    );
    return 'answer' in outcome ? outcome.answer : undefined;
  }
}

function callerOf(parts: StudentParts, app: App) {
  return readCaller(parts, { authorization: app.token === undefined ? undefined : `Bearer ${app.token}`, sourceIp: '192.0.2.1' });
}

import { isAppError } from '../../../shared/errors';
import { newId } from '../../../shared/ids';
import { bindAppDraft, cancelLossDraft, claimDraft, freeSlot, reportLossDraft, revokeAppDraft } from '../../domain/account-changes';
import type { Draft, Entry } from '../../domain/entry';
import { type AppendDeps, changeAccount, type Step } from '../../operations/append-loop';
import { createPassbook } from '../../store/passbook';
import type { Cardholder } from './cardholder';
import { send } from './network';
import { isOver, type World } from './world';

const PATIENCE_MS = 6_000;

/** What cardholders do besides paying: report a loss and take it back, remove and bind apps, claim what waits. */
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
    switch (chance.pick(['loss', 'apps', 'claim'] as const)) {
      case 'loss':
        await this.#change(holder, (head, at, entryId) => reportLossDraft(head, { ...at, entryId, keepCodes: chance.is(0.3) }));
        await scheduler.sleep(chance.between(1_000, 15_000));
        await this.cancelLoss(holder);
        return;
      case 'apps':
        await this.#change(holder, (head, { occurredAt }, entryId) => {
          const slot = chance.below(4);
          return head.state.apps[slot]?.bound ? revokeAppDraft(head, { slot, entryId, occurredAt }) : undefined;
        });
        await this.bindApp(holder);
        return;
      case 'claim':
        await this.#change(holder, (head, { occurredAt }, entryId) => claimDraft(head, { entryId, occurredAt }));
    }
  }

  async cancelLoss(holder: Cardholder): Promise<void> {
    await this.#change(holder, (head, { occurredAt }, entryId) =>
      head.state.lostAt > 0 ? cancelLossDraft(head, { entryId, occurredAt }) : undefined,
    );
  }

  async bindApp(holder: Cardholder): Promise<void> {
    let slot: number | undefined;
    const written = await this.#change(holder, (head, { occurredAt }, entryId) => {
      slot = freeSlot(head.state);
      return slot === undefined ? undefined : bindAppDraft(head, { slot, entryId, occurredAt });
    });
    const app = slot === undefined ? undefined : written?.state.apps[slot];
    if (slot !== undefined && app?.bound) holder.addPhone(slot, app.keyVersion);
  }

  /** The entry, when one was written and its answer arrived. */
  async #change(
    holder: Cardholder,
    draft: (head: Entry, at: { occurredAt: number; recordedAt: number }, entryId: string) => Draft | undefined,
  ): Promise<Entry | undefined> {
    const { pack } = this.#world;
    const outcome = await send(
      this.#world,
      async ({ database, clock, backOff, randomBytes }): Promise<Entry | undefined> => {
        this.#world.operations += 1;
        const deps: AppendDeps = { passbook: createPassbook(database), clock, backOff };
        const entryId = newId('chg', clock(), randomBytes);
        const decide = (head: Entry, recordedAt: number): Step<Entry | undefined> => {
          const write = draft(head, { occurredAt: recordedAt, recordedAt }, entryId);
          return write === undefined ? { answer: undefined } : { write, answer: (written) => written };
        };
        try {
          const account = { schoolId: pack.schoolId, accountNo: holder.accountNo };
          return await changeAccount(deps, { account, utcOffsetMinutes: pack.utcOffsetMinutes, gather: async () => undefined, decide });
        } catch (error) {
          if (!isAppError(error, 'request.busy')) throw error;
          return undefined;
        }
      },
      PATIENCE_MS,
    );
    return 'answer' in outcome ? outcome.answer : undefined;
  }
}

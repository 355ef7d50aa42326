import * as v from 'valibot';
import { createBindings } from '../../store/bindings';
import { boundSchema } from '../../store/bound-account';
import type { Item } from '../../store/table';
import { Broken } from './broken';
import type { World } from './world';

const boundRow = v.object({ bound: v.optional(boundSchema) });

/**
 * Entry, binding, identity and session change together or not at all: so the places that the passbook calls bound are
 * those of the bindings in force, and no session or identity speaks for an app that was removed.
 */
export async function checkApps(world: World): Promise<void> {
  const inForce = new Map<string, string>();
  const bindings = createBindings(world.model);
  for (const [accountNo, { entries }] of world.watch.accounts) {
    const list = await bindings.list(world.pack.schoolId, accountNo);
    for (const { bindingId, slot } of list) inForce.set(bindingId, `${accountNo}/${slot}`);
    const apps = entries.at(-1)?.state.apps ?? [];
    const bound = apps.flatMap((app, slot) => (app.bound ? [slot] : []));
    const listed = list.map(({ slot }) => slot).sort();
    if (listed.join() !== bound.join()) throw new Broken(`account ${accountNo}: places ${bound} are bound and ${listed} are listed`);
  }
  for (const item of world.model.all('records')) {
    if (item.sk !== 'SESSION' && item.sk !== 'IDENTITY') continue;
    const bound = boundOf(item);
    if (bound === undefined) continue;
    if (inForce.get(bound.bindingId) !== `${bound.accountNo}/${bound.slot}`)
      throw new Broken(`${String(item.pk)} speaks for an app that was removed`);
  }
}

function boundOf(item: Item) {
  return v.parse(boundRow, item).bound;
}

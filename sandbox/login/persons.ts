import { newId } from '../../shared/ids';
import { lookup } from '../lib/lookup';
import { randomText } from '../lib/random-text';
import type { LoginCode, Person, WorldState } from '../state';
import type { Surroundings } from '../surroundings';

const OPENID = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';

/** Someone with a WeChat and an Alipay account. A name is a label for the bench top, not a roster name. */
export function addPerson(parts: Surroundings, name: string): Person {
  const id = newId('psn', parts.clock(), parts.randomBytes);
  const person: Person = { id, name, openids: {} };
  parts.state.persons[id] = person;
  parts.changed();
  return person;
}

/** By id, or by label. */
export function findPerson({ state }: { state: WorldState }, idOrName: string): Person | undefined {
  return lookup(state.persons, idOrName) ?? Object.values(state.persons).find((person) => person.name === idOrName);
}

/** openid (28 characters) or open_id: one per app and person, the same for ever. */
export function openidOf(parts: Surroundings, person: Person, app: 'wechat' | 'alipay', appid: string): string {
  const known = lookup(person.openids, appid);
  if (known !== undefined) return known;
  const openid =
    app === 'wechat' ? `o${randomText(parts.randomBytes, 27, OPENID)}` : `0${randomText(parts.randomBytes, 47, OPENID.slice(0, 62))}`;
  person.openids[appid] = openid;
  parts.changed();
  return openid;
}

/** The person a request names, or the one signed in to that app on this machine. */
export function currentPerson(
  { state }: Pick<Surroundings, 'state'>,
  app: LoginCode['app'],
  named: string | undefined,
): Person | undefined {
  // Whoever holds the phone with WeChat holds the one with WeChat Work.
  return findPerson({ state }, named ?? state.currentPerson[app === 'wecom' ? 'wechat' : app]);
}

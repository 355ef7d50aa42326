import type { CodeKind } from '../../../shared/code-format';
import type { Chance } from '../simulation/chance';
import { PREFIXES } from './reference-code';
import { type CodeWorld, goodSteps, type Phone } from './world';

/** Makes a text that somebody might hold before a scanner. It may be a genuine code by chance; the world knows. */
export type Forgery = (world: CodeWorld, chance: Chance) => string;

const PAYING: readonly CodeKind[] = ['card', 'wallet'];
const digits = (chance: Chance, count: number) => Array.from({ length: count }, () => chance.below(10)).join('');
const replaced = (text: string, at: number, by: string) => text.slice(0, at) + by + text.slice(at + 1);
const anyPhone = ({ phones }: CodeWorld, chance: Chance, wanted: (phone: Phone) => boolean = ({ bound, pays }) => bound && pays): Phone => {
  for (;;) {
    const phone = chance.pick(phones);
    if (wanted(phone)) return phone;
  }
};
const goodStep = ({ now }: CodeWorld, chance: Chance) => chance.pick(goodSteps(now));

function changed(text: string, count: number, chance: Chance): string {
  let result = text;
  for (let made = 0; made < count; made += 1) {
    const at = chance.below(text.length);
    result = replaced(result, at, String((Number(result[at]) + chance.between(1, 9)) % 10));
  }
  return result;
}

function swapped(text: string, one: number, other: number): string {
  return replaced(replaced(text, one, text[other] ?? ''), other, text[one] ?? '');
}

/** Not a digit that counts: full-width, Arabic-Indic, mathematical, letters that look like digits, signs that a number may have. */
const STRANGE = ['０', '１', '９', '٣', '७', '𝟗', 'O', 'l', 'x', 'e', '+', '-', '.', '_', '\u0000', '\u200b', 'ß', '①'];

export const FORGERIES: Readonly<Record<string, Forgery>> = {
  'random digits': (_, chance) => chance.pick(Object.values(PREFIXES)) + digits(chance, 22),
  'a guessed MAC': (world, chance) => chance.pick(world.genuine).slice(0, 13) + digits(chance, 11),
  'a guessed MAC of some holder at some time': (world, chance) =>
    PREFIXES[chance.pick(PAYING)] + chance.pick(world.handles) + digits(chance, 13),
  'one digit changed': (world, chance) => changed(chance.pick(world.genuine), 1, chance),
  'several digits changed': (world, chance) => changed(chance.pick(world.genuine), chance.between(2, 6), chance),
  'the MAC a little off': (world, chance) => {
    const text = chance.pick(world.genuine);
    const mac = (Number(text.slice(13)) + chance.pick([-1000, -100, -10, -1, 1, 10, 100, 1000]) + 100_000_000_000) % 100_000_000_000;
    return text.slice(0, 13) + String(mac).padStart(11, '0');
  },
  'two digits swapped': (world, chance) => swapped(chance.pick(world.genuine), chance.below(24), chance.below(24)),
  'two neighbours swapped': (world, chance) => {
    const at = chance.below(23);
    return swapped(chance.pick(world.genuine), at, at + 1);
  },
  'digits moved round': (world, chance) => {
    const text = chance.pick(world.genuine);
    const by = chance.between(1, 10);
    return text.slice(0, 13) + text.slice(13 + by) + text.slice(13, 13 + by);
  },
  'the prefix of another kind': (world, chance) => {
    const text = chance.pick(world.genuine);
    return chance.pick(Object.values(PREFIXES).filter((prefix) => prefix !== text.slice(0, 2))) + text.slice(2);
  },
  'an identity code': (world, chance) => world.code(anyPhone(world, chance), goodStep(world, chance), 'identity'),
  'the handle of somebody else': (world, chance) => {
    const text = chance.pick(world.genuine);
    return text.slice(0, 2) + chance.pick(world.handles) + text.slice(11);
  },
  'a right MAC for a holder who is not': (world, chance) =>
    world.code({ ...anyPhone(world, chance), handle: chance.pick(world.strangers) }, goodStep(world, chance), chance.pick(PAYING)),
  'made with the keys of another school': (world, chance) =>
    world.code(anyPhone(world, chance), goodStep(world, chance), chance.pick(PAYING), { codeKey: world.otherSchool.code }),
  'made for another school': (world, chance) =>
    world.code(anyPhone(world, chance), goodStep(world, chance), chance.pick(PAYING), {
      schoolId: chance.pick(['sjtu', 'duf', 'dufl2', '']),
    }),
  'of an app that was removed': (world, chance) =>
    world.code(
      anyPhone(world, chance, ({ bound }) => !bound),
      goodStep(world, chance),
      chance.pick(PAYING),
    ),
  'under the number of another app': (world, chance) => {
    const phone = anyPhone(world, chance);
    return world.code({ ...phone, slot: (phone.slot + chance.between(1, 3)) % 4 }, goodStep(world, chance), chance.pick(PAYING));
  },
  'by an older or newer key': (world, chance) => {
    const phone = anyPhone(world, chance);
    return world.code(phone, goodStep(world, chance), chance.pick(PAYING), { keyVersion: phone.keyVersion + chance.pick([-2, -1, 1, 2]) });
  },
  'by the key of another week': (world, chance) =>
    world.code(anyPhone(world, chance), goodStep(world, chance), chance.pick(PAYING), {
      week: chance.pick(['2026-W46', '2026-W49', '2025-W47']),
    }),
  'of the week before or after': (world, chance) =>
    world.code(anyPhone(world, chance), goodStep(world, chance), chance.pick(PAYING), { week: chance.pick(['2026-W47', '2026-W48']) }),
  'a little too old': (world, chance) =>
    world.code(anyPhone(world, chance), world.presentStep - chance.between(5, 12), chance.pick(PAYING)),
  'a little too new': (world, chance) =>
    world.code(anyPhone(world, chance), world.presentStep + chance.between(3, 12), chance.pick(PAYING)),
  // The two time digits come back every 25 steps.
  'of another time with the same digits': (world, chance) =>
    world.code(anyPhone(world, chance), goodStep(world, chance) + 25 * chance.pick([-8, -3, -2, -1, 1, 2, 3, 8]), chance.pick(PAYING)),
  'used before': (world, chance) => {
    const phone = anyPhone(world, chance, ({ bound, pays, used }) => bound && pays && used.size > 0);
    return world.code(phone, chance.pick([...phone.used]), chance.pick(PAYING));
  },
  'of a closed account or of frozen codes': (world, chance) =>
    world.code(
      anyPhone(world, chance, ({ bound, pays }) => bound && !pays),
      goodStep(world, chance),
      chance.pick(PAYING),
    ),
  'of a wallet that is not open': (world, chance) =>
    world.code(
      anyPhone(world, chance, ({ bound, walletOpen }) => bound && !walletOpen),
      goodStep(world, chance),
      'wallet',
    ),
  'cut short': (world, chance) => {
    const text = chance.pick(world.genuine);
    const length = chance.between(1, 23);
    return chance.is(0.5) ? text.slice(0, length) : text.slice(-length);
  },
  'with digits too many': (world, chance) => {
    const text = chance.pick(world.genuine);
    const at = chance.between(0, 24);
    return text.slice(0, at) + digits(chance, chance.between(1, 6)) + text.slice(at);
  },
  'with a sign that is no digit': (world, chance) => replaced(chance.pick(world.genuine), chance.below(24), chance.pick(STRANGE)),
  'in full-width digits': (world, chance) =>
    chance.pick(world.genuine).replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  'in the form of somebody else’s code': (_, chance) => {
    const [prefix, length] = chance.pick([
      [String(chance.between(10, 15)), 18],
      [String(chance.between(25, 30)), chance.between(16, 24)],
      ['62', 19],
      [String(chance.between(93, 99)), 24],
    ] as const);
    return prefix + digits(chance, length - 2);
  },
};

import { normaliseText } from './plain-text';

/** How well a text names a school; smaller is better. */
export const RANK = { exact: 0, start: 1, inside: 2, city: 3, scattered: 4, typo: 5, none: 6 } as const;

/** What a person typed, without what an input method adds: spaces, full-width letters, capitals, ü or u: for v. */
export function normaliseQuery(text: string): string {
  return normaliseText(text)
    .toLowerCase()
    .replace(/[\s'’]/g, '')
    .replace(/ü|u:/g, 'v');
}

/**
 * Full pinyin, initials or a mix ("shanghai", "shkjdx", "shanghkj"): each syllable gives a beginning of itself, from
 * a first syllable on.
 */
export function pinyinRank(syllables: readonly string[], text: string): number {
  if (!/^[a-z0-9]+$/.test(text)) return RANK.none;
  for (let first = 0; first < syllables.length; first += 1) {
    const used = syllablesUsed(syllables, text, first);
    if (used === undefined) continue;
    if (first > 0) return RANK.inside;
    return used === syllables.length ? RANK.exact : RANK.start;
  }
  return RANK.none;
}

/** How many syllables from `first` on the whole text covers, the most there can be; undefined when it fits nowhere. */
function syllablesUsed(syllables: readonly string[], text: string, first: number): number | undefined {
  // Places of the text that can be reached after each syllable: at most text.length of them, so nothing explodes.
  let reached = new Set([0]);
  let used: number | undefined;
  for (let at = first; at < syllables.length && reached.size > 0; at += 1) {
    const next = new Set<number>();
    for (const from of reached) {
      const syllable = syllables[at] ?? '';
      for (let length = 1; length <= syllable.length && text.startsWith(syllable.slice(0, length), from); length += 1)
        next.add(from + length);
    }
    if (next.has(text.length)) used = at + 1 - first;
    reached = next;
  }
  return used;
}

/** An English name: from its beginning, from any word on, or by the initials of its words ("bistu"). */
export function latinRank(name: string, text: string): number {
  if (!/^[a-z0-9&.-]+$/.test(text)) return RANK.none;
  const words = name.split(/[\s-]+/);
  for (let first = 0; first < words.length; first += 1) {
    const rest = words.slice(first).join('');
    if (rest === text && first === 0) return RANK.exact;
    if (rest.startsWith(text)) return first === 0 ? RANK.start : RANK.inside;
  }
  return RANK.none;
}

/** One slip in a short word, two in a long one: a letter too few or too many, a wrong one, two swapped. */
const slipsAllowed = (text: string): number => (text.length < 3 ? 0 : text.length < 8 ? 1 : 2);

/** `RANK.typo` where the text is a beginning of the name but for a slip of the finger. */
export function typoRank(name: string, text: string): number {
  const slips = slipsAllowed(text);
  return slips > 0 && slipsTo(name, text) <= slips ? RANK.typo : RANK.none;
}

/** The fewest slips from the text to any beginning of the name (optimal string alignment distance). */
function slipsTo(name: string, text: string): number {
  // What lies further on than the text is long, and its slips, cannot be nearer.
  const beginning = name.slice(0, text.length + 2);
  let before: number[] = [];
  let row = Array.from({ length: beginning.length + 1 }, (_none, at) => at);
  for (let i = 1; i <= text.length; i++) {
    const next = [i];
    for (let j = 1; j <= beginning.length; j++) {
      const same = text[i - 1] === beginning[j - 1];
      const swapped = i > 1 && j > 1 && text[i - 1] === beginning[j - 2] && text[i - 2] === beginning[j - 1];
      next[j] = Math.min(
        (row[j - 1] ?? 0) + (same ? 0 : 1),
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, row] = [row, next];
  }
  return Math.min(...row);
}

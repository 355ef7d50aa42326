import { pinyin } from 'pinyin-pro';

/**
 * Syllables of a text as read in its phrase: 重庆大学 → chong, qing, da, xue. A run of other characters is one
 * syllable of its own. ü is written v, as keyboards do. The dictionary is large: only the student API may import this.
 */
export function romanize(text: string): readonly string[] {
  return pinyin(text, { toneType: 'none', type: 'array', nonZh: 'consecutive', v: true })
    .map((syllable) => syllable.trim().toLowerCase())
    .filter((syllable) => syllable !== '');
}

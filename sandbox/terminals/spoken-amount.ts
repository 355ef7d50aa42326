import type { Bilingual } from '../../shared/rule-pack';

const DIGITS = '零一二三四五六七八九';
const UNITS = ['', '十', '百', '千'];
/** A till takes less than a hundred million yuan at a time. */
const TOO_MUCH_FEN = 10_000_000_000;

/**
 * An amount as a person says it: 1250 → 十二元五角, 200 → 两元, 1005 → 十元零五分; "twelve yuan fifty".
 * @param amountFen whole fen, 0 to below 100,000,000 yuan. Throws RangeError on anything else
 */
export function spokenAmount(amountFen: number): Bilingual {
  if (!Number.isSafeInteger(amountFen) || amountFen < 0 || amountFen >= TOO_MUCH_FEN) throw new RangeError('not an amount to be said');
  const yuan = Math.floor(amountFen / 100);
  const jiao = Math.floor(amountFen / 10) % 10;
  const cents = amountFen % 10;
  return { zh: inChinese(yuan, jiao, cents), en: inEnglish(yuan, amountFen % 100) };
}

function inChinese(yuan: number, jiao: number, cents: number): string {
  const parts: string[] = [];
  if (yuan > 0) parts.push(`${yuan === 2 ? '两' : chineseNumber(yuan)}元`);
  // Two is 两 where it comes first and stands alone before its unit, 二 behind another: 两角, but 两元二角.
  if (jiao > 0) parts.push(`${jiao === 2 && yuan === 0 ? '两' : DIGITS[jiao]}角`);
  if (cents > 0) {
    if (yuan > 0 && jiao === 0) parts.push('零');
    parts.push(`${cents === 2 && yuan === 0 && jiao === 0 ? '两' : DIGITS[cents]}分`);
  }
  return parts.length === 0 ? '零元' : parts.join('');
}

function chineseNumber(value: number): string {
  const tenThousands = Math.floor(value / 10_000);
  const rest = value % 10_000;
  if (tenThousands === 0) return section(rest, true);
  const head = `${tenThousands === 2 ? '两' : section(tenThousands, true)}万`;
  if (rest === 0) return head;
  return `${head}${rest < 1_000 ? '零' : ''}${section(rest, false)}`;
}

/** Below 10,000. `isFirst`: nothing is said before it, so that 12 is 十二 and 200 is 两百. */
function section(value: number, isFirst: boolean): string {
  const digits = [...String(value)].map(Number);
  let text = '';
  let zeros = false;
  for (const [index, digit] of digits.entries()) {
    const place = digits.length - 1 - index;
    if (digit === 0) {
      zeros = true;
      continue;
    }
    if (zeros && text !== '') text += '零';
    zeros = false;
    const starts = isFirst && index === 0;
    if (starts && digit === 1 && place === 1) text += UNITS[1];
    else text += `${starts && digit === 2 && place >= 2 ? '两' : DIGITS[digit]}${UNITS[place]}`;
  }
  return text;
}

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SCALES: readonly (readonly [number, string])[] = [
  [1_000_000, 'million'],
  [1_000, 'thousand'],
  [100, 'hundred'],
];

function inEnglish(yuan: number, cents: number): string {
  if (cents === 0) return `${englishNumber(yuan)} yuan`;
  if (yuan === 0) return `${englishNumber(cents)} fen`;
  return `${englishNumber(yuan)} yuan ${cents < 10 ? `and ${englishNumber(cents)} fen` : englishNumber(cents)}`;
}

function englishNumber(value: number): string {
  for (const [scale, name] of SCALES) {
    if (value < scale) continue;
    const rest = value % scale;
    return `${englishNumber(Math.floor(value / scale))} ${name}${rest === 0 ? '' : ` ${englishNumber(rest)}`}`;
  }
  if (value < 20) return SMALL[value] ?? '';
  const unit = value % 10;
  return `${TENS[Math.floor(value / 10)]}${unit === 0 ? '' : `-${SMALL[unit]}`}`;
}

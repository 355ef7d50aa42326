/**
 * Code 128, set C: two digits a symbol (ISO/IEC 15417). The 107 bar patterns, each six widths of bar, space, bar …;
 * the stop pattern has seven.
 */
const PATTERNS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221' +
  '223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321' +
  '112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131' +
  '311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114' +
  '122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141' +
  '214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232';
const STOP = [2, 3, 3, 1, 1, 1, 2];
const START_C = 105;

function widths(symbol: number): number[] {
  return Array.from(PATTERNS.slice(symbol * 6, symbol * 6 + 6), Number);
}

/** One row of modules, true where a bar is. `digits` has an even number of decimal digits; throws RangeError otherwise. */
export function code128c(digits: string): boolean[] {
  if (digits.length === 0 || !/^(\d\d)+$/.test(digits)) throw new RangeError('Code 128-C needs pairs of digits');
  const symbols = [START_C];
  for (let i = 0; i < digits.length; i += 2) symbols.push(Number(digits.slice(i, i + 2)));
  const check = symbols.reduce((total, symbol, place) => total + symbol * Math.max(place, 1), 0) % 103;
  const row: boolean[] = [];
  for (const width of [...[...symbols, check].flatMap(widths), ...STOP].entries()) {
    const [place, modules] = width;
    for (let i = 0; i < modules; i += 1) row.push(place % 2 === 0);
  }
  return row;
}

/**
 * Makes every size of text follow the user's (docs/decisions/0025-dark-and-large-type.md): `font-size: 15px`, by now 30rpx or
 * 0.75rem, becomes calc(30rpx * var(--type, 1)), and from 20 px on --type-l, which grows less. components/screen.tsx sets both.
 * A line height in px goes with its text.
 */
const LENGTH = /^(\d*\.?\d+)(rpx|rem|px)$/;
const LARGE = { rpx: 40, rem: 1, px: 20 };

module.exports = () => ({
  postcssPlugin: 'type-scale',
  Declaration(declaration) {
    if (declaration.prop !== 'font-size' && declaration.prop !== 'line-height') return;
    const [, size, unit] = LENGTH.exec(declaration.value) ?? [];
    if (unit === undefined) return;
    // A line height belongs to the size beside it.
    const beside = declaration.parent.nodes.find((each) => each.prop === 'font-size' && each !== declaration)?.value ?? '';
    const large = declaration.prop === 'line-height' && beside !== '' ? isLarge(beside) : Number(size) >= LARGE[unit];
    declaration.value = `calc(${declaration.value} * var(${large ? '--type-l' : '--type'}, 1))`;
  },
});
module.exports.postcss = true;

function isLarge(value) {
  if (value.includes('--type')) return value.includes('--type-l');
  const [, size, unit] = LENGTH.exec(value) ?? [];
  return unit !== undefined && Number(size) >= LARGE[unit];
}

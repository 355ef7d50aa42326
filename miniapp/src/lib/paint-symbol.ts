/** The part of a canvas that painting needs; the same in WeChat, Alipay and a browser. */
export interface PaintSurface {
  width: number;
  height: number;
  getContext(kind: '2d'): PaintContext | null;
}
export interface PaintContext {
  fillStyle: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
}

export interface SymbolSize {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
  /** Modules of light margin on each side: 4 for QR, 10 for Code 128. */
  readonly quiet: number;
}

/**
 * Draws rows of modules in black on white at whole device pixels, so that no edge is blurred. One row fills the
 * height and one column the width: a bar code, lying or upright.
 */
export function paintSymbol(surface: PaintSurface, rows: readonly (readonly boolean[])[], size: SymbolSize): void {
  const context = surface.getContext('2d');
  const columns = rows[0]?.length ?? 0;
  if (context === null || columns === 0) return;
  surface.width = Math.round(size.width * size.pixelRatio);
  surface.height = Math.round(size.height * size.pixelRatio);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, surface.width, surface.height);
  context.fillStyle = '#000000';
  const lying = rows.length === 1;
  const upright = columns === 1;
  const [length, modules] = upright ? [surface.height, rows.length] : [surface.width, columns];
  const unit = Math.max(1, Math.floor(length / (modules + 2 * size.quiet)));
  const left = upright ? 0 : Math.floor((surface.width - unit * columns) / 2);
  const top = lying ? 0 : Math.floor((surface.height - unit * rows.length) / 2);
  for (const [y, row] of rows.entries()) {
    for (const run of runsOf(row)) {
      const width = upright ? surface.width : run.length * unit;
      context.fillRect(left + run.from * unit, top + y * unit, width, lying ? surface.height : unit);
    }
  }
}

/** Neighbouring dark modules as one rectangle: fewer calls, and no hairline between them. */
export function runsOf(row: readonly boolean[]): { from: number; length: number }[] {
  const runs: { from: number; length: number }[] = [];
  for (const [x, dark] of row.entries()) {
    if (!dark) continue;
    const last = runs[runs.length - 1];
    if (last !== undefined && last.from + last.length === x) last.length += 1;
    else runs.push({ from: x, length: 1 });
  }
  return runs;
}

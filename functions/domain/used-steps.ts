/** Which steps of one app's codes have been used: the newest and, below it, a bitmap of 16 (bit 0 is the newest itself). */
export interface UsedSteps {
  readonly newestStep: number;
  readonly usedBitmap: number;
}

const WINDOW = 16;

/** A step at or below newest − 16 counts as used: it is far older than any code that is still good. */
export function isStepUsed(used: UsedSteps, step: number): boolean {
  const back = used.newestStep - step;
  if (back < 0) return false;
  if (back >= WINDOW) return true;
  return ((used.usedBitmap >> back) & 1) === 1;
}

export function markStepUsed<Slot extends UsedSteps>(used: Slot, step: number): Slot {
  const ahead = step - used.newestStep;
  if (ahead <= 0) return { ...used, usedBitmap: used.usedBitmap | (1 << -ahead) };
  const shifted = ahead >= WINDOW ? 0 : (used.usedBitmap << ahead) & 0xffff;
  return { ...used, newestStep: step, usedBitmap: shifted | 1 };
}

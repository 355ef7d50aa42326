import fc from 'fast-check';
import { codeTiming, resolveTime, stepAt, stepStart, timeDigits } from '../../../shared/code-format';
import { NO_STEPS, planStep, REFRESH_MS, rememberShown, rememberUsed, type StepMemory } from './step-plan';

const NOON = Date.UTC(2026, 10, 21, 4, 0, 3);

describe('which step the code screen shows', () => {
  it('shows the current step first, for 30 seconds', () => {
    expect(planStep(NO_STEPS, NOON)).toEqual({ kind: 'show', step: stepAt(NOON), until: NOON + REFRESH_MS });
  });

  it('passes over a step that was used, and over one that was shown', () => {
    const used = rememberUsed(NO_STEPS, [stepAt(NOON)], NOON);
    const shown = rememberShown(used, stepAt(NOON) + 1, NOON);
    expect(planStep(shown, NOON)).toMatchObject({ kind: 'show', step: stepAt(NOON) + 2 });
  });

  it('falls back to a step that was shown but not used when every other is gone', () => {
    let memory: StepMemory = NO_STEPS;
    const steps: number[] = [];
    for (;;) {
      const plan = planStep(memory, NOON);
      if (plan.kind === 'wait' || steps.includes(plan.step)) break;
      steps.push(plan.step);
      memory = rememberShown(memory, plan.step, NOON);
    }
    expect(steps.length).toBeGreaterThanOrEqual(6);
    expect(planStep(memory, NOON)).toMatchObject({ kind: 'show', step: stepAt(NOON) });
  });

  it('says until when to wait once every code of the window has paid', () => {
    let memory: StepMemory = NO_STEPS;
    let charges = 0;
    for (;;) {
      const plan = planStep(memory, NOON);
      if (plan.kind === 'wait') {
        expect(plan.until).toBe(stepStart(stepAt(NOON) + 1));
        break;
      }
      memory = rememberUsed(memory, [plan.step], NOON);
      charges += 1;
    }
    expect(charges).toBeGreaterThanOrEqual(6);
    expect(planStep(memory, NOON + 10_000)).toMatchObject({ kind: 'show' });
  });

  it('forgets steps that no window can name again', () => {
    const memory = rememberShown(rememberUsed(NO_STEPS, [stepAt(NOON)], NOON), stepAt(NOON), NOON);
    const later = rememberShown(memory, stepAt(NOON + 600_000), NOON + 600_000);
    expect(later).toEqual({ used: [], shown: [stepAt(NOON + 600_000)] });
  });

  it('never shows a code that the server would find expired or early, with either clock 4 seconds off', () => {
    const step = fc.integer({ min: -8, max: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_999 }),
        fc.uniqueArray(step),
        fc.uniqueArray(step),
        fc.integer({ min: -4_000, max: 4_000 }),
        fc.integer({ min: 0, max: 3 }),
        (within, used, shown, error, slot) => {
          const now = NOON + within;
          const at = (distances: number[]) => distances.map((distance) => stepAt(now) + distance);
          const plan = planStep({ used: at(used), shown: at(shown) }, now);
          if (plan.kind === 'wait') return;
          expect(at(used)).not.toContain(plan.step);
          for (const moment of [now, plan.until]) {
            expect(resolveTime(timeDigits(plan.step, slot), moment + error)).toEqual({ step: plan.step, slot });
            expect(codeTiming(plan.step, moment + error)).toBe('valid');
          }
        },
      ),
    );
  });
});

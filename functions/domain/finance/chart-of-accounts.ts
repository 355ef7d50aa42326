import * as v from 'valibot';
import { bilingualSchema } from '../../../shared/rule-pack';
import defaultChart from './default-chart.json';

const codeSchema = v.pipe(v.string(), v.regex(/^\d{3,8}(\.\d{1,8})*$/));

/**
 * Which subject of the school's own ledger (科目) each side of the books belongs to. `leg` is a side as `legs.ts` names it, or the
 * beginning of several: "merchant:*". The longest that fits wins. `each`: a voucher line for every side instead of one for all.
 */
export const chartSchema = v.strictObject({
  name: bilingualSchema,
  subjects: v.pipe(
    v.array(
      v.strictObject({
        leg: v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z-]*(:([a-z0-9-]+|\*))?$/)),
        code: codeSchema,
        name: bilingualSchema,
        each: v.optional(v.boolean()),
      }),
    ),
    v.minLength(1),
    v.maxLength(500),
    v.check((subjects) => new Set(subjects.map(({ leg }) => leg)).size === subjects.length, 'a side has two subjects'),
  ),
});
export type ChartOfAccounts = v.InferOutput<typeof chartSchema>;
export type Subject = ChartOfAccounts['subjects'][number];

/** For a school that has given none: the general enterprise subjects. */
export function standardChart(): ChartOfAccounts {
  return v.parse(chartSchema, defaultChart);
}

export function subjectOf(chart: ChartOfAccounts, leg: string): Subject | undefined {
  const fits = chart.subjects.filter(
    (subject) => subject.leg === leg || (subject.leg.endsWith('*') && leg.startsWith(subject.leg.slice(0, -1))),
  );
  return fits.sort((a, b) => Number(a.leg.endsWith('*')) - Number(b.leg.endsWith('*')) || b.leg.length - a.leg.length)[0];
}

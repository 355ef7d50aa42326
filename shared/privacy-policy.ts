/** The day from which the privacy policy is in force, and so its version: a change of what is collected needs a new one, and asks again. */
export const POLICY_DAY = '2026-11-28';

import type { Patch } from './bundle';

/** A bug as somebody might really make it, planted in a copy of the source and never in `functions/` itself. */
export interface PlantedBug extends Patch {
  readonly name: string;
  /** What the simulation must complain of. */
  readonly caughtAs: RegExp;
}

const CHARGE_LOOP = 'functions/operations/authorize-payment.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a put without its condition',
    file: 'functions/store/passbook.ts',
    edits: [{ find: "passbook.put(toItem(entry), { is: 'absent' })", put: 'passbook.put(toItem(entry))' }],
    caughtAs: /written over an entry/,
  },
  {
    name: 'no used-step check',
    file: 'functions/domain/charge.ts',
    edits: [{ find: 'if (app === undefined || isStepUsed(app, step)) return', put: 'if (app === undefined) return' }],
    caughtAs: /its code was spent before/,
  },
  {
    name: 'no look-back past the ring',
    file: 'functions/operations/find-sale.ts',
    edits: [{ find: 'if (ringCovers(head.state.ring, { since, above: absentUpTo })) return absent;', put: 'return absent;' }],
    caughtAs: /a second entry with this id|is charged and said to be not charged/,
  },
  {
    name: 'the clock read before the head',
    file: CHARGE_LOOP,
    edits: [
      { find: '    const now = deps.clock();\n', put: '' },
      { find: '    const head = await', put: '    const now = deps.clock();\n    const head = await' },
    ],
    caughtAs: /its time is from before its head was there/,
  },
  {
    name: 'a retry with a new occurredAt',
    file: 'functions/test/simulation/sale-requests.ts',
    edits: [
      {
        find: '  const { body } = sale;\n',
        put: '  const body = { ...sale.body, occurredAt: attempt === 1 ? sale.body.occurredAt : world.scheduler.now + till.skewMs };\n',
      },
    ],
    caughtAs: /an honest terminal was told payment.other-body|a second entry with this id|is not what was signed/,
  },
  {
    name: 'code and flags judged before the id is looked up',
    file: CHARGE_LOOP,
    edits: [
      {
        find: '    if (lookup.found !== undefined) return answerFound(lookup.found, request.bodyHash);\n',
        put: '',
      },
      {
        find: "    if (!('write' in step)) return step.answer;\n",
        put: "    if (!('write' in step)) return step.answer;\n    if (lookup.found !== undefined && step.write.kind === 'charge') return answerFound(lookup.found, request.bodyHash);\n",
      },
    ],
    caughtAs: /is charged and fenced|is charged and said to be not charged|a second entry with this id/,
  },
];

/** More of the laws, one bug each; the rarer ones need many worlds, so `npm run test:full` looks for them. */
export const FURTHER_BUGS: readonly PlantedBug[] = [
  {
    name: 'a query that says never without a fence',
    file: 'functions/operations/query-sale.ts',
    edits: [
      {
        find: "    return { write: fenceDraft(head, sale, context, 'payment.not-charged'), answer: () => never };",
        put: '    return { answer: never };',
      },
    ],
    caughtAs: /said to be not charged/,
  },
  {
    name: 'a refused retry without its fence',
    file: CHARGE_LOOP,
    edits: [
      {
        find: '    return { write: fenceDraft(head, sale, context, decision.code), answer: () => answer };',
        put: '    return { answer };',
      },
    ],
    caughtAs: /said to be not charged|not charged because of .*, and now because of/,
  },
  {
    name: 'a late refusal called settled before the head is late',
    file: 'functions/domain/charge.ts',
    edits: [{ find: "head.recordedAt > claimedTime + CHARGE_LATE_MS ? 'already' : 'by-fence'", put: "'already'" }],
    caughtAs: /said to be not charged|not charged because of .*, and now because of/,
  },
  {
    name: 'a window that does not end',
    file: 'functions/domain/charge.ts',
    edits: [{ find: 'recordedAt > claimedTime + CHARGE_LATE_MS) {', put: 'recordedAt > claimedTime + 10 * CHARGE_LATE_MS) {' }],
    caughtAs: /outside its window|a second entry with this id/,
  },
  {
    name: 'a look-back that stops too early',
    file: 'functions/operations/find-sale.ts',
    edits: [{ find: 'if (entry.recordedAt < since) return absent;', put: 'if (entry.recordedAt <= since + 20_000) return absent;' }],
    caughtAs: /a second entry with this id|said to be not charged/,
  },
  {
    name: 'a bisection that is one off',
    file: 'functions/operations/find-sale.ts',
    edits: [{ find: '  return low;\n', put: '  return low - 1;\n' }],
    caughtAs: /a second entry with this id|said to be not charged|not charged because of .* and now because of/,
  },
  {
    name: 'a head that is not read consistently',
    file: 'functions/store/passbook.ts',
    edits: [{ find: 'newestFirst: true, limit: 1, consistent: true', put: 'newestFirst: true, limit: 1, consistent: false' }],
    caughtAs: /refused with .* which was not so|account.unknown/,
  },
  {
    name: 'time that runs back',
    file: 'functions/domain/entry.ts',
    edits: [{ find: 'return Math.max(now, head.recordedAt);', put: 'return now;' }],
    caughtAs: /time runs back/,
  },
  {
    name: 'a lost card that pays',
    file: 'functions/domain/charge.ts',
    edits: [{ find: "  if (state.lostAt > 0) return refuse('card.lost');\n", put: '' }],
    caughtAs: /the card is lost/,
  },
  {
    name: 'frozen codes that pay',
    file: 'functions/domain/campus-code.ts',
    edits: [{ find: "return state.codesFrozen ? 'code.frozen' : undefined;", put: 'return undefined;' }],
    caughtAs: /the codes are frozen/,
  },
  {
    name: 'a place that keeps its key version when its app is removed',
    file: 'functions/domain/account-changes.ts',
    edits: [
      { find: '({ ...EMPTY_SLOT, keyVersion: app.keyVersion + 1 }));', put: '({ ...EMPTY_SLOT, keyVersion: app.keyVersion }));' },
      {
        find: '({ ...EMPTY_SLOT, keyVersion: app.keyVersion + 1, bound: true }));',
        put: '({ ...EMPTY_SLOT, keyVersion: Math.max(1, app.keyVersion), bound: true }));',
      },
    ],
    caughtAs: /changes 0 apps|its app was removed|spent before|said to be not charged/,
  },
  {
    name: 'a removed app whose sessions live on',
    file: 'functions/operations/remove-app.ts',
    edits: [{ find: '...identity.sessions.map((hash) => deps.sessions.removedRow(hash)),', put: '' }],
    caughtAs: /speaks for an app that was removed/,
  },
  {
    name: 'a meal that is never counted',
    file: 'functions/domain/charge.ts',
    edits: [{ find: 'spent: spend(spent, paidFen), ...proven', put: 'spent, ...proven' }],
    caughtAs: /above the limit of the meal/,
  },
  {
    name: 'a void that gives back the allowance of another meal',
    file: 'functions/domain/limits.ts',
    edits: [{ find: "now.meal !== '' && now.meal === sale.meal ? back(now.mealFen) : now.mealFen", put: 'back(now.mealFen)' }],
    caughtAs: /above the limit of the meal/,
  },
  {
    name: 'a void without its permanent row',
    file: 'functions/operations/reverse-sale.ts',
    edits: [
      {
        find: '(await deps.passbook.appendWith(entry, [row, ...expiry])).written',
        put: '(await deps.passbook.appendWith(entry, row === undefined ? [row, ...expiry] : [])).written',
      },
    ],
    caughtAs: /reversed twice|a second entry with this id/,
  },
  {
    name: 'an order row written without its condition',
    file: 'functions/store/orders.ts',
    edits: [
      {
        find: "{ table: 'records', write: { put: toItem(next), when: condition(next) } }",
        put: "{ table: 'records', write: { put: toItem(next) } }",
      },
    ],
    caughtAs: /a second entry with this id/,
  },
];

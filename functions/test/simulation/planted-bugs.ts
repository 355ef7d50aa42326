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
    edits: [{ find: "  if (isStepUsed(slot, step)) return refuse('code.used');\n", put: '' }],
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

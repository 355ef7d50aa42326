import type { Patch } from '../simulation/bundle';

/** A bug as somebody might really make it, planted in a copy of the source. Each may need more than one file. */
export interface WeekBug {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** What the week must complain of. */
  readonly caughtAs: RegExp;
}

const CONFIRM = 'functions/operations/confirm-order.ts';

/** Those that any week shows: looked for in every `npm test`. */
export const WEEK_BUGS: readonly WeekBug[] = [
  {
    name: 'a callback that credits without looking at the order',
    patches: [
      {
        file: CONFIRM,
        edits: [
          { find: "  if (read.state === 'credited') return read;\n", put: '' },
          { find: "    if (order.state === 'credited') return order;\n", put: '' },
        ],
      },
    ],
    caughtAs: /twice: top-up/,
  },
  {
    name: 'a refund that leaves its lot as it was',
    patches: [
      {
        file: 'functions/operations/refund.ts',
        edits: [
          {
            find: 'rows.push(...deps.payOuts.insertion(payOut), deps.orders.replacement(lessOf(part)));',
            put: 'rows.push(...deps.payOuts.insertion(payOut));',
          },
        ],
      },
    ],
    // The lot that was not lowered is refunded again, and then holds more than was paid.
    caughtAs: /fen were refunded and \d+ are left|the lot of \w+ holds/,
  },
];

/** More of them, some rare: `npm run test:full` looks for each. */
export const FURTHER_WEEK_BUGS: readonly WeekBug[] = [
  {
    name: 'a credit whose entry and order row are two writes',
    patches: [
      {
        file: CONFIRM,
        edits: [
          {
            find: 'await passbook.appendWith(next.entry, [row])',
            put: '(await passbook.append(next.entry)).appended ? ((await deps.orders.replace(next.order)), { written: true as const }) : { written: false as const }',
          },
        ],
      },
    ],
    caughtAs: /twice: top-up/,
  },
  {
    name: 'an entry of yesterday that comes into a day that is closed',
    patches: [
      {
        file: 'functions/domain/book-day.ts',
        edits: [{ find: '  if (at.recordedAt < dayClosesAt(day, utcOffsetMinutes)) return', put: '  if (at.recordedAt > 0) return' }],
      },
    ],
    caughtAs: /written into the closed|came into days that were closed/,
  },
  {
    name: 'a bill that heals whatever its amount',
    patches: [
      {
        file: 'functions/domain/reconcile/judge-payment.ts',
        edits: [
          {
            find: 'if (line.amountFen !== row.amountFen || (bookFen !== undefined && bookFen !== line.amountFen)) {',
            put: 'if (bookFen !== undefined && bookFen !== line.amountFen) {',
          },
        ],
      },
      {
        file: 'functions/operations/reconcile-acts.ts',
        edits: [{ find: '    amountFen: billFen,\n    currency', put: '    amountFen: order.amountFen,\n    currency' }],
      },
    ],
    caughtAs: /with changed-amount .* is called (?:healed|balanced|open)/,
  },
  {
    name: 'a failed refund that is given back at every notice of it',
    patches: [
      {
        file: 'functions/operations/take-refund-notice.ts',
        edits: [{ find: "if (payOut.state === 'succeeded' || payOut.state === 'returned') {", put: "if (payOut.state === 'succeeded') {" }],
      },
      {
        file: 'functions/operations/pay-out.ts',
        edits: [
          {
            find: "      if (row.state === 'returned' || row.state === 'succeeded') return { answer: row };\n",
            put: "      if (row.state === 'succeeded') return { answer: row };\n",
          },
        ],
      },
    ],
    caughtAs: /twice: refund-returned/,
  },
  {
    name: 'a refund that is asked for under another number each time',
    patches: [
      {
        file: 'functions/operations/refund-route.ts',
        edits: [
          {
            find: 'const { payOutNo: refundNo, amountFen, reason } = payOut;',
            put: 'const { payOutNo, amountFen, reason, asked } = payOut;\n  const refundNo = payOutNo + asked;',
          },
        ],
      },
    ],
    caughtAs: /fen of ours and the books say|never ended|is called held/,
  },
  {
    name: 'a student who is not told what the bill healed',
    patches: [
      {
        file: 'functions/operations/reconcile-acts.ts',
        edits: [
          {
            find: "  await deps.tellHealed({ kind: 'order-credited',",
            put: "  if (row.version > 9) await deps.tellHealed({ kind: 'order-credited',",
          },
        ],
      },
    ],
    caughtAs: /its student is told 0 times/,
  },
  {
    name: 'a bill that cannot be read taken for a day without trades',
    patches: [
      {
        file: 'functions/operations/reconcile-day.ts',
        edits: [{ find: "? 'waiting' : 'failed';", put: "? 'waiting' : ('balanced' as 'failed');" }],
      },
    ],
    caughtAs: /with (?:cut-file|wrong-total|other-merchant|cut-archive) .* is called balanced/,
  },
  {
    name: 'a sheet that leaves one family of books out',
    patches: [
      {
        file: 'functions/operations/sum-day.ts',
        edits: [
          {
            find: 'BOOK_FAMILIES.flatMap((family)',
            put: "BOOK_FAMILIES.filter((family) => family !== 'channel/bank-card').flatMap((family)",
          },
        ],
      },
    ],
    caughtAs: /is not what the entries say|do not sum to zero|the heads are not what the books say/,
  },
  {
    name: 'an order that is given up when its time is over',
    patches: [
      {
        file: 'functions/operations/query-order.ts',
        edits: [
          {
            find: '  const platform = sourceOf(deps, order);\n  const sent',
            put: '  const platform = sourceOf(deps, order);\n  if (isOver(order, deps.clock())) return closeRow(deps, asked);\n  const sent',
          },
        ],
      },
      {
        file: 'functions/domain/reconcile/judge-payment.ts',
        edits: [
          {
            find: "row.state !== 'credited' && row.state !== 'given-back'",
            put: "row.state !== 'credited' && row.state !== 'given-back' && row.state !== 'closed'",
          },
        ],
      },
    ],
    caughtAs: /was paid on .* and is closed/,
  },
  {
    name: 'an orphan that is kept',
    patches: [
      {
        file: 'functions/operations/reconcile-acts.ts',
        edits: [
          {
            find: '  const { payOutNo: about, createdAt: at } = await deps.refundOrphan(',
            put: "  if (billFen > 0) return { actState: 'done' };\n  const { payOutNo: about, createdAt: at } = await deps.refundOrphan(",
          },
        ],
      },
    ],
    caughtAs: /the orphan .* was not refunded/,
  },
];

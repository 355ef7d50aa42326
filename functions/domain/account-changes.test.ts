import fc from 'fast-check';
import { fen, sum } from '../../shared/money';
import type { RulePack } from '../../shared/rule-pack';
import { ACCOUNT, acts, madePassbook } from '../test/made-passbook';
import { loadPack, NOON } from '../test/sale-fixture';
import { voidDraft } from '../test/void-draft';
import { bindAppDraft, cancelLossDraft, claimDraft, freeSlot, reportLossDraft, revokeAppDraft, topUpDraft } from './account-changes';
import type { Entry } from './entry';
import { holderChange } from './posting';
import { deriveSchoolKeys } from './school-keys';

const shanghaitech = loadPack('shanghaitech');
const bistu = loadPack('bistu');
const schoolOf = (pack: RulePack) => ({ pack, keys: deriveSchoolKeys(new Uint8Array(32).fill(3), pack.schoolId) });
const opened = madePassbook(schoolOf(shanghaitech), [])[0] as Entry;
const at = { entryId: 'x', occurredAt: NOON };
const credit = { orderNo: 'order1', channel: 'wechat-pay', amountFen: fen(2_000), paidAt: NOON, recordedAt: NOON } as const;

describe('a top-up', () => {
  it('waits in transit where money is claimed (ST-14), and is on the card at once where it arrives in real time (BI-10)', () => {
    expect(topUpDraft(opened, credit, shanghaitech).state.balances).toMatchObject({ transit: 2_000, card: 0 });
    expect(topUpDraft(opened, credit, bistu).state.balances).toMatchObject({ transit: 0, card: 2_000 });
  });

  it('is named by its order, comes from its channel, and lies in the book of the day it was paid', () => {
    const draft = topUpDraft(opened, credit, shanghaitech);
    expect(draft).toMatchObject({ kind: 'top-up', entryId: 'order1', orderNo: 'order1', occurredAt: NOON });
    expect(draft.postings).toEqual([
      { leg: 'channel:wechat-pay', amountFen: -2_000 },
      { leg: 'transit', amountFen: 2_000 },
    ]);
    expect(draft.counterparty).toEqual({ book: `channel/wechat-pay/2026-11-21/${ACCOUNT % 8}`, place: `${NOON}/order1` });
  });

  it('is taken by a lost, frozen or closed account too: money that was paid is never refused', () => {
    const head = { ...opened, state: { ...opened.state, lostAt: NOON, codesFrozen: true, closed: true } };
    expect(topUpDraft(head, credit, shanghaitech).state.balances.transit).toBe(2_000);
  });
});

describe('a claim', () => {
  it('moves all that waits onto the card, and nothing when nothing waits', () => {
    expect(claimDraft(opened, { ...at, recordedAt: at.occurredAt }, shanghaitech)).toBeUndefined();
    const head = { ...opened, ...topUpDraft(opened, credit, shanghaitech) } as Entry;
    const draft = claimDraft(head, { ...at, recordedAt: at.occurredAt }, shanghaitech);
    expect(draft?.state.balances).toMatchObject({ card: 2_000, transit: 0 });
    expect(holderChange(draft?.postings ?? [])).toBe(0);
  });
});

describe('a loss', () => {
  it('stops card and codes, or the card alone when the codes are kept, and is taken back whole', () => {
    const report = (keepCodes: boolean) => reportLossDraft(opened, { ...at, recordedAt: NOON + 5, keepCodes });
    expect(report(false).state).toMatchObject({ lostAt: NOON + 5, codesFrozen: true });
    expect(report(true).state).toMatchObject({ lostAt: NOON + 5, codesFrozen: false });
    const lost = { ...opened, ...report(false) } as Entry;
    expect(cancelLossDraft(lost, at).state).toEqual(opened.state);
  });
});

describe('apps', () => {
  const after = (head: Entry, draft: object): Entry => ({ ...head, ...draft }) as Entry;

  it('take the first free of four places, and none when all are taken', () => {
    let head = opened;
    for (const slot of [0, 1, 2, 3]) {
      expect(freeSlot(head.state)).toBe(slot);
      head = after(head, bindAppDraft(head, { slot, ...at }));
    }
    expect(freeSlot(head.state)).toBeUndefined();
    expect(freeSlot(after(head, revokeAppDraft(head, { slot: 2, ...at })).state)).toBe(2);
  });

  it('never have a key version twice in one place, and forget the used steps of the one before', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 20 }), (binds) => {
        let head = opened;
        const versions: number[] = [];
        for (const bind of binds) {
          head = after(head, bind ? bindAppDraft(head, { slot: 1, ...at }) : revokeAppDraft(head, { slot: 1, ...at }));
          const app = head.state.apps[1];
          expect(app).toMatchObject({ bound: bind, newestStep: 0, usedBitmap: 0 });
          versions.push(app?.keyVersion ?? 0);
        }
        expect(new Set(versions).size).toBe(versions.length);
      }),
    );
  });

  it('are removed without touching the others', () => {
    const head = after(opened, bindAppDraft(opened, { slot: 0, ...at }));
    const both = after(head, bindAppDraft(head, { slot: 1, ...at }));
    const one = revokeAppDraft(both, { slot: 0, ...at });
    expect(one.state.apps.slice(1)).toEqual(both.state.apps.slice(1));
  });
});

describe('a void', () => {
  it('gives back what the sale cost, to the card, and leaves what was claimed with it', () => {
    const entries = madePassbook(schoolOf(shanghaitech), [
      { act: 'top-up', amountFen: 2_000, waitMs: 0 },
      { act: 'charge', amountFen: 1_250, waitMs: 0 },
      { act: 'void', slot: 0, waitMs: 0 },
    ]);
    const [, , sale, undo] = entries;
    expect(undo).toMatchObject({ kind: 'void', entryId: '7-2-void', reverses: '7-2', merchant: 12 });
    expect(undo?.counterparty).toEqual({ book: 'terminal/7/2026-11-21', place: '000000002-void' });
    expect(undo?.state.balances).toMatchObject({ card: 2_000, transit: 0 });
    expect(undo?.postings).toEqual([
      { leg: 'card', amountFen: 1_250 },
      { leg: 'merchant:12', amountFen: -1_250 },
    ]);
    expect([sale?.state.spent.dayFen, undo?.state.spent.dayFen]).toEqual([1_250, 0]);
  });

  it('of a sale of yesterday is in the book of the day it was voided and gives no allowance back', () => {
    const entries = madePassbook(schoolOf(shanghaitech), [
      { act: 'top-up', amountFen: 2_000, waitMs: 0 },
      { act: 'charge', amountFen: 1_000, waitMs: 0 },
      { act: 'charge', amountFen: 300, waitMs: 86_400_000 },
    ]);
    const [, , sale, head] = entries as [Entry, Entry, Entry, Entry];
    const now = head.recordedAt + 1;
    const draft = voidDraft(head, sale, { occurredAt: now, recordedAt: now, pack: shanghaitech });
    expect(draft.counterparty?.book).toBe('terminal/7/2026-11-22');
    expect(draft.state.spent.dayFen).toBe(300);
  });
});

it('whatever happens, every entry sums to zero and no balance is below zero', () => {
  fc.assert(
    fc.property(fc.constantFrom(shanghaitech, bistu), acts, (pack, list) => {
      for (const entry of madePassbook(schoolOf(pack), list)) {
        expect(sum(entry.postings.map(({ amountFen }) => amountFen))).toBe(0);
        expect(Math.min(...Object.values(entry.state.balances))).toBeGreaterThanOrEqual(0);
        expect(entry.state.apps).toHaveLength(4);
        expect(entry.state.ring.places.length).toBeLessThanOrEqual(8);
      }
    }),
    { numRuns: 100 },
  );
});

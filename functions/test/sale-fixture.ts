import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { SaleBody } from '../../shared/api/terminal';
import { type CodeKind, stepAt } from '../../shared/code-format';
import { makeCode, weekOfStep } from '../../shared/code-mac';
import { fen } from '../../shared/money';
import { type RulePack, rulePackSchema } from '../../shared/rule-pack';
import type { EpochMs } from '../../shared/time';
import { bindAppDraft, openedDraft, topUpDraft } from '../domain/account-changes';
import { writeCardNumber } from '../domain/card-number';
import { type Draft, type Entry, firstEntry, nextEntry } from '../domain/entry';
import { chipKey, chipMac, codeWeekKey, deriveSchoolKeys, handleOf, type SchoolKeys } from '../domain/school-keys';
import { createBackOff } from '../lib/back-off';
import type { SaleRequest } from '../operations/authorize-payment';
import type { VoidDeps } from '../operations/void-sale';
import { createPassbook, type Passbook } from '../store/passbook';
import { createReversals } from '../store/reversals';
import type { Database } from '../store/table';

export const NOON: EpochMs = Date.UTC(2026, 10, 21, 4, 8, 17);

const packs = new Map<string, RulePack>();

export function loadPack(schoolId: string): RulePack {
  const file = path.resolve(__dirname, `../../packs/${schoolId}.json`);
  const pack = packs.get(schoolId) ?? v.parse(rulePackSchema, JSON.parse(readFileSync(file, 'utf8')));
  packs.set(schoolId, pack);
  return pack;
}

const keys = new Map<string, SchoolKeys>();

function keysOf(schoolId: string): SchoolKeys {
  const derived = keys.get(schoolId) ?? deriveSchoolKeys(new Uint8Array(32).fill(7), schoolId);
  keys.set(schoolId, derived);
  return derived;
}

/** One school with its terminal, over any store: accounts are opened, filled and charged as the product does it. */
export class SaleFixture {
  readonly pack: RulePack;
  readonly keys: SchoolKeys;
  readonly passbook: Passbook;
  readonly deps: VoidDeps;
  now: EpochMs = NOON;
  #sequence = 0;
  #account = 0;

  constructor(database: Database, schoolId = 'shanghaitech', pack: Partial<RulePack> = {}) {
    this.pack = { ...loadPack(schoolId), ...pack };
    this.keys = keysOf(schoolId);
    this.passbook = createPassbook(database);
    this.deps = {
      passbook: this.passbook,
      clock: () => this.now,
      backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
      ownCard: async () => undefined,
      reversals: createReversals(database),
    };
  }

  get schoolId(): string {
    return this.pack.schoolId;
  }

  /** An account with `cardFen` on the card, `transitFen` waiting, and an app in slot 0. */
  async account(money: { cardFen?: number; transitFen?: number } = {}): Promise<number> {
    this.#account += 1;
    const accountNo = this.#account + Number(BigInt(`0x${randomBytes(3).toString('hex')}`)) * 10;
    const first = firstEntry({
      schoolId: this.schoolId,
      accountNo,
      draft: openedDraft({ occurredAt: this.now, cardIssue: 1 }),
      recordedAt: this.now,
      utcOffsetMinutes: this.pack.utcOffsetMinutes,
    });
    await this.passbook.append(first);
    await this.change(accountNo, (head) => bindAppDraft(head, { slot: 0, entryId: 'bind', occurredAt: this.now }));
    for (const [mode, amount] of [
      ['realtime', money.cardFen ?? 0],
      ['claim', money.transitFen ?? 0],
    ] as const) {
      if (amount === 0) continue;
      const pack: RulePack = { ...this.pack, arrival: { ...this.pack.arrival, mode } };
      const credit = {
        orderNo: `order_${mode}_${accountNo}`,
        channel: 'wechat-pay',
        amountFen: fen(amount),
        paidAt: this.now,
        recordedAt: this.now,
      } as const;
      await this.change(accountNo, (head) => topUpDraft(head, credit, pack));
    }
    return accountNo;
  }

  async change(accountNo: number, draft: (head: Entry) => Draft): Promise<Entry> {
    const head = await this.head(accountNo);
    const entry = nextEntry(head, draft(head), {
      recordedAt: Math.max(this.now, head.recordedAt),
      utcOffsetMinutes: this.pack.utcOffsetMinutes,
    });
    const result = await this.passbook.append(entry);
    if (!result.appended) throw new Error('someone else was first');
    return entry;
  }

  async head(accountNo: number): Promise<Entry> {
    const head = await this.passbook.head(this.schoolId, accountNo);
    if (head === undefined) throw new Error('no such account');
    return head;
  }

  async all(accountNo: number): Promise<readonly Entry[]> {
    const head = await this.head(accountNo);
    const { entries } = await this.passbook.entries(this.schoolId, accountNo, { from: 1, to: head.n, limit: 1_000 });
    return [...entries].reverse();
  }

  async code(accountNo: number, options: { kind?: CodeKind; slot?: number; step?: number } = {}): Promise<string> {
    const { kind = 'card', slot = 0, step = stepAt(this.now) } = options;
    const handle = handleOf(this.keys, accountNo);
    const app = (await this.head(accountNo)).state.apps[slot];
    const key = codeWeekKey(this.keys, { handle, slot, keyVersion: app?.keyVersion ?? 0, week: weekOfStep(step) });
    return makeCode(key, { kind, handle, step, slot, schoolId: this.schoolId });
  }

  sale(body: SaleBody, attempt = 1): SaleRequest {
    const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    return { body, bodyHash, attempt, merchant: 12, pack: this.pack, keys: this.keys };
  }

  codeSale(code: string, amountFen: unknown, more: { sequence?: number; occurredAt?: EpochMs } = {}): SaleRequest {
    return this.sale({ kind: 'charge-code', ...this.#common(amountFen, more), code });
  }

  tapSale(
    accountNo: number,
    amountFen: number,
    more: { sequence?: number; issue?: number; counter?: number; occurredAt?: EpochMs } = {},
  ): SaleRequest {
    const common = this.#common(amountFen, more);
    const card = writeCardNumber({ accountNo, issue: more.issue ?? 1 });
    const counter = more.counter ?? common.sequence;
    const mac = chipMac(chipKey(this.keys, card), {
      schoolId: this.schoolId,
      terminal: common.terminal,
      sequence: common.sequence,
      amountFen,
      counter,
    });
    return this.sale({ kind: 'charge-card', ...common, card, chip: { counter, mac } });
  }

  #common(amountFen: unknown, more: { sequence?: number; occurredAt?: EpochMs }) {
    this.#sequence += 1;
    return {
      schoolId: this.schoolId,
      terminal: 7,
      sequence: more.sequence ?? this.#sequence,
      amountFen,
      occurredAt: more.occurredAt ?? this.now,
    };
  }
}

export function again(request: SaleRequest, attempt = request.attempt + 1): SaleRequest {
  return { ...request, attempt };
}

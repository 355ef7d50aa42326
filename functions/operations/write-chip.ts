import type { ChipBody, ChipReply } from '../../shared/api/terminal-services';
import { AppError } from '../../shared/errors';
import { toIso } from '../../shared/time';
import { type ChipWrite, chipWrittenDraft } from '../domain/chip-write';
import type { Entry } from '../domain/entry';
import type { ChipWrites } from '../store/chip-writes';
import { type AppendDeps, changeAccount } from './append-loop';
import { pendingWrite } from './claim-at-machine';
import { accountOfCard, type MachineDeps, type MachineRequest, placesOf, readCard } from './machine';

export interface WriteChipDeps extends MachineDeps, AppendDeps {
  readonly chipWrites: ChipWrites;
}

type Report = Exclude<ChipBody, { kind: 'rewrite' }>;

/**
 * What a machine says of a chip (`written`, `failed`), or asks to write again (`rewrite`, 补写). "Written" moves the money to the card once, however
 * late and often it is told and whatever became of the card since: it is the truth about the chip. "Failed" moves nothing; the amount
 * waits in `chipPending` until some machine has written it.
 *
 * Throws AppError: `chip.nothing-pending`, `chip.other-amount`, `card.unknown`, `card.bad-chip-code`, `card.lost`, `card.replaced`,
 * `account.closed`, `account.unknown`, `request.busy`.
 */
export async function writeChip(deps: WriteChipDeps, request: MachineRequest<ChipBody>): Promise<ChipReply> {
  const { body, pack, keys, bodyHash } = request;
  const serverTime = (): string => toIso(deps.clock(), pack.utcOffsetMinutes);
  const reply = ({ n, state, amountFen }: ChipWrite, head: Entry): ChipReply => ({
    write: n,
    state,
    amountFen,
    ...placesOf(head),
    serverTime: serverTime(),
  });
  switch (body.kind) {
    case 'rewrite': {
      const { head } = await readCard(deps, { body, pack, keys, bodyHash });
      const pending = await pendingWrite(deps, head);
      if (pending === undefined) throw new AppError('chip.nothing-pending');
      return reply(pending, head);
    }
    case 'written': {
      const { write, entry } = await confirm(deps, { body, pack, keys, bodyHash });
      return reply(write, entry);
    }
    case 'failed': {
      const { write, accountNo } = await findWrite(deps, body);
      if (write.state === 'open') await deps.chipWrites.replace({ ...write, failedAt: deps.clock(), version: write.version + 1 });
      // Whoever was first with another word about it is believed.
      const latest = (await deps.chipWrites.find(body.schoolId, accountNo, write.n)) ?? write;
      const head = await deps.passbook.head(body.schoolId, accountNo);
      if (head === undefined) throw new AppError('account.unknown');
      return reply(latest, head);
    }
  }
}

/** The named write of the card's account, for that very amount. */
async function findWrite(deps: WriteChipDeps, body: Report): Promise<{ readonly write: ChipWrite; readonly accountNo: number }> {
  const { accountNo } = await accountOfCard(deps, body);
  const write = await deps.chipWrites.find(body.schoolId, accountNo, body.write);
  if (write === undefined) throw new AppError('chip.nothing-pending');
  if (write.amountFen !== body.amountFen) throw new AppError('chip.other-amount', { amountFen: write.amountFen });
  return { write, accountNo };
}

/** chipPending → card, in one transaction with the write's row. */
async function confirm(deps: WriteChipDeps, { body, pack }: MachineRequest<Report>): Promise<{ write: ChipWrite; entry: Entry }> {
  const { write: read, accountNo } = await findWrite(deps, body);
  const { schoolId } = body;
  return changeAccount<ChipWrite, { write: ChipWrite; entry: Entry }>(deps, {
    account: { schoolId, accountNo },
    utcOffsetMinutes: pack.utcOffsetMinutes,
    async gather() {
      const write = await deps.chipWrites.find(schoolId, accountNo, read.n);
      if (write === undefined) throw new Error('a row of a chip write is permanent and was not found');
      return write;
    },
    decide(head, recordedAt, write) {
      if (write.state === 'written') return { answer: { write, entry: head } };
      // Gone by another way (a close-out): there is nothing left to move.
      if (head.state.balances.chipPending < write.amountFen) throw new AppError('chip.nothing-pending');
      const occurredAt = Math.min(body.occurredAt, recordedAt);
      const next: ChipWrite = { ...write, state: 'written', writtenBy: head.n + 1, version: write.version + 1 };
      return {
        write: chipWrittenDraft(head, write, { occurredAt, recordedAt }, pack),
        rows: [deps.chipWrites.replacement(next)],
        answer: (entry) => ({ write: next, entry }),
      };
    },
  });
}

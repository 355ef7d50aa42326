import type { MachineBankBody, MachineBankBodyOf, MachineBankForm, MachineBankReply } from '../../shared/api/terminal-bank';
import { AppError } from '../../shared/errors';
import { fen } from '../../shared/money';
import { toIso } from '../../shared/time';
import { maskIdTail, maskName } from '../domain/masks';
import { type BindAtMachineDeps, bindAtMachine } from './bind-at-machine';
import { bankOf } from './bind-bank-card';
import { pendingWrite } from './claim-at-machine';
import { type MachineRequest, mustBeKiosk, placesOf, readCard } from './machine';
import { openIdTail } from './personal-data';
import { type TransferAtMachineDeps, transferAtMachine } from './transfer-at-machine';

export interface BankAtMachineDeps extends BindAtMachineDeps, TransferAtMachineDeps {}

/**
 * 银行服务: a card on a kiosk and its holder's bank. Throws AppError `terminal.wrong-kind`, and what the acts throw.
 */
export async function bankAtMachine(deps: BankAtMachineDeps, request: MachineRequest<MachineBankBody>): Promise<MachineBankReply> {
  mustBeKiosk(request);
  const { body, ...rest } = request;
  switch (body.kind) {
    case 'form':
      return bankForm(deps, { body, ...rest });
    case 'bind':
      return bindAtMachine(deps, { body, ...rest });
    case 'transfer':
      return transferAtMachine(deps, { body, ...rest });
  }
}

/** What both forms show (ST-28, ST-32…ST-35). Throws AppError: `bank.not-offered`, and as `readCard`. */
async function bankForm(deps: BankAtMachineDeps, request: MachineRequest<MachineBankBodyOf<'form'>>): Promise<MachineBankForm> {
  const { pack } = request;
  const { schoolId } = request.body;
  bankOf(deps, pack);
  if (pack.bank === undefined) throw new AppError('bank.not-offered');
  const { accountNo, head } = await readCard(deps, request);
  const [holder, card, pending] = await Promise.all([
    deps.holders.find(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
    pendingWrite(deps, head),
  ]);
  if (holder === undefined) throw new AppError('account.unknown');
  const idTail = openIdTail(deps.fieldCipher, holder);
  const channel = pack.topUp.channels.find(({ id, target }) => id === 'bank-card' && target === 'card');
  const caps = [pack.topUp.maxFen, channel?.maxFen, pack.bank.perTransferMaxFen].filter((cap) => cap !== undefined);
  return {
    kind: 'form',
    idMasked: idTail === '' ? null : maskIdTail(idTail),
    nameMasked: maskName(holder.name),
    bankName: pack.bank.name,
    cardOnly: pack.bank.cardOnly,
    cardTail: card?.state === 'bound' ? card.cardTail : null,
    ...placesOf(head),
    rewrite: pending === undefined ? null : { write: pending.n, amountFen: pending.amountFen },
    feeBasisPoints: pack.bank.feeBasisPoints ?? 0,
    minFen: pack.topUp.minFen,
    maxFen: caps.length === 0 ? null : fen(Math.min(...caps)),
    pinKeyId: deps.pinOpener.currentKeyId,
    serverTime: toIso(deps.clock(), pack.utcOffsetMinutes),
  };
}

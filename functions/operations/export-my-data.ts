import { type MessageAgreement, messageTopicSchema } from '../../shared/api/messages';
import type { ExportReply } from '../../shared/api/my-data';
import { AppError } from '../../shared/errors';
import { monthOf, toIso } from '../../shared/time';
import { maskIdTail, maskMobile, maskNumber } from '../domain/masks';
import type { Binding, Bindings } from '../store/bindings';
import type { CustomerInfos } from '../store/customer-infos';
import type { Holders } from '../store/holders';
import type { MessageAgreements } from '../store/message-agreements';
import type { Passbook } from '../store/passbook';
import type { Database } from '../store/table';
import type { UnionpayChecks } from '../store/unionpay-checks';
import { type AuditDeps, writeAudit } from './audit';
import type { HolderCaller } from './caller';
import { type PasswordDeps, readHolder } from './check-password';
import { checkSecondProof, type ProofDeps } from './check-second-proof';
import { giveProofs, type Proofs } from './give-proofs';
import { dataEvent, deletionView, type MyDataDeps } from './my-data';
import { openEmail, openIdTail, openMobile, shownNumber } from './personal-data';

export interface ExportMyDataDeps extends Omit<MyDataDeps, 'holders' | 'passbook' | 'bindings'>, PasswordDeps, ProofDeps, AuditDeps {
  readonly passbook: Pick<Passbook, 'head' | 'entry'>;
  readonly holders: Holders;
  readonly bindings: Pick<Bindings, 'listAll'>;
  readonly customerInfos: Pick<CustomerInfos, 'find'>;
  readonly unionpayChecks: Pick<UnionpayChecks, 'find'>;
  readonly agreements: Pick<MessageAgreements, 'left'>;
  readonly transact: Database['transact'];
}

/**
 * A copy of what is kept of the person: masked as the app shows it, for a file is passed on more easily than a screen. What grows (orders, notices,
 * the months of the passbook) is read at its own address, a page at a time.
 *
 * Throws AppError: `account.unknown`, `school.unknown`, `auth.password-change-required`, `auth.second-proof-required`,
 * `auth.second-proof-not-offered`, `auth.second-proof-wrong`, `auth.wrong-password`, `auth.locked`, `request.busy`.
 */
export async function exportMyData(deps: ExportMyDataDeps, caller: HolderCaller, proofs: Proofs): Promise<ExportReply> {
  const { schoolId, accountNo } = caller.bound;
  const [pack, holder] = await Promise.all([deps.packOf(schoolId), readHolder(deps, caller)]);
  if (holder.passwordHash === null) throw new AppError('auth.password-change-required');
  await giveProofs(deps, caller, { pack, holder, proofs });
  const used = await checkSecondProof(deps, { holder, pack, proof: proofs.proof, now: deps.clock() });
  if (used.length > 0 && !(await deps.transact(used)).written) throw new AppError('auth.second-proof-wrong');

  const { utcOffsetMinutes } = pack;
  const at = (ms: number): string => toIso(ms, utcOffsetMinutes);
  const atOrNull = (ms: number | null | undefined): string | null => (ms === null || ms === undefined || ms === 0 ? null : at(ms));
  const [head, first, apps, card, auto, info, unionpay] = await Promise.all([
    deps.passbook.head(schoolId, accountNo),
    deps.passbook.entry(schoolId, accountNo, 1),
    deps.bindings.listAll(schoolId, accountNo),
    deps.bankCards.find(schoolId, accountNo),
    deps.autoTopUps.find(schoolId, accountNo),
    deps.customerInfos.find(schoolId, accountNo),
    deps.unionpayChecks.find(schoolId, accountNo),
  ]);
  if (head === undefined || first === undefined) throw new AppError('account.unknown');
  const [mobile, email, idTail] = [
    openMobile(deps.fieldCipher, holder),
    openEmail(deps.fieldCipher, holder),
    openIdTail(deps.fieldCipher, holder),
  ];
  const { state } = head;
  const appViews = await Promise.all(
    apps.map(async (app) => ({
      platform: app.platform,
      deviceLabel: app.deviceLabel,
      boundAt: at(app.boundAt),
      removedAt: atOrNull(app.removedAt),
      consent: app.consent === undefined ? null : { policyDay: app.consent.policyDay, agreedAt: at(app.consent.agreedAt) },
      messages: await messagesLeft(deps, app),
    })),
  );
  await writeAudit(deps, dataEvent(caller.bound, 'data.export'));
  return {
    exportedAt: at(deps.clock()),
    person: {
      schoolId,
      name: holder.name,
      kind: holder.kind,
      numberMasked: shownNumber(holder),
      mobileMasked: mobile === '' ? null : maskMobile(mobile),
      emailMasked: email === '' ? null : maskEmail(email),
      idTailMasked: idTail === '' ? null : maskIdTail(idTail),
      cardNumbersMasked: holder.cardNumbers.map(maskNumber),
      passwordChangedAt: atOrNull(holder.passwordChangedAt),
      provenAt: atOrNull(holder.provenAt),
    },
    apps: appViews,
    settings: {
      limits: { ...state.limits },
      links: { wechat: holder.links.wechat !== undefined, alipay: holder.links.alipay !== undefined },
      walletOpen: state.walletOpen,
      bankCard: card === undefined ? null : { bankName: card.bankName, cardTail: card.cardTail, boundAt: at(card.boundAt) },
      autoTopUp:
        auto === undefined ? null : { thresholdFen: auto.thresholdFen, amountFen: auto.amountFen, monthlyCapFen: auto.monthlyCapFen },
      customerInfoCompletedAt: atOrNull(info?.completedAt),
      unionpayCheckedAt: atOrNull(unionpay?.checkedAt),
    },
    standing: { lostAt: atOrNull(state.lostAt), codesFrozen: state.codesFrozen, closed: state.closed, lastEntryN: head.n },
    months: { first: monthOf(first.recordedAt, utcOffsetMinutes), last: monthOf(head.recordedAt, utcOffsetMinutes) },
    deletion: deletionView(holder, pack),
  };
}

/** A removed app is sent nothing, whatever it agreed to. */
async function messagesLeft({ agreements }: Pick<ExportMyDataDeps, 'agreements'>, app: Binding): Promise<MessageAgreement[]> {
  if (app.removedAt !== undefined) return [];
  const agreed = await agreements.left(app);
  return messageTopicSchema.options.flatMap((topic) => {
    const left = agreed[topic] ?? 0;
    return left === 0 ? [] : [{ topic, left }];
  });
}

/** "l***@school.example": its owner knows it. */
function maskEmail(email: string): string {
  const [name = '', host = ''] = email.split('@');
  return `${name.slice(0, 1)}***@${host}`;
}

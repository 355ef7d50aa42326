import { isAppError } from '../../shared/errors';
import type { RulePack } from '../../shared/rule-pack';
import type { AutoTopUp } from '../domain/auto-top-up';
import type { CreatedOrder, TopUpChannel } from '../domain/order';
import type { Clock } from '../lib/clock';
import type { DeductPlatform, PaymentPlatform, PaymentPlatformName } from '../platforms/contract';
import type { AutoTopUps } from '../store/auto-top-ups';

export interface DeductionParts {
  /** Absent: this deployment has no standing contracts there. */
  readonly deducts: Readonly<Partial<Record<TopUpChannel, DeductPlatform>>>;
  readonly autoTopUps: Pick<AutoTopUps, 'find' | 'save'>;
  readonly clock: Clock;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
  readonly notifyUrls: Readonly<Record<PaymentPlatformName, string>>;
}

/** Orders by standing contract, as `queryOrder` sees them. */
export interface Deductions {
  readonly sourceOf: (channel: TopUpChannel) => Pick<PaymentPlatform, 'queryOrder' | 'closeOrder'> | undefined;
  /**
   * Asks for the money of an order: the same number is the same order, however often. 'sent' says no more than that the platform has heard
   * it, with yes or no; the query tells. 'unwanted': the permission is off by now, and nothing is asked for.
   * @throws AppError deduct.platform-unavailable (nothing is known: send it again), auto-top-up.not-offered, config.invalid, request.malformed
   */
  readonly send: (order: CreatedOrder) => Promise<'sent' | 'unwanted'>;
}

export function createDeductions({ deducts, autoTopUps, packOf, notifyUrls, clock }: DeductionParts): Deductions {
  return {
    sourceOf(channel) {
      const platform = deducts[channel];
      if (platform === undefined) return undefined;
      // What has been asked for cannot be called back: only its outcome ends it.
      return { queryOrder: (order) => platform.queryDeduction(order), closeOrder: async () => 'pending' };
    },
    async send({ schoolId, accountNo, orderNo, appId, channel, amountFen, createdAt }) {
      const platform = deducts[channel];
      const auto = await autoTopUps.find(schoolId, accountNo);
      const isWanted = auto?.state === 'signed' && auto.isOn && auto.openOrderNo === orderNo && auto.askedAt <= createdAt;
      if (platform === undefined || channel === 'bank-card' || !isWanted || auto.agreementRef === undefined) return 'unwanted';
      const { contractNo, agreementRef, number } = auto;
      const pack = await packOf(schoolId);
      const contract = { schoolId, contractNo, agreementRef, number };
      const description = `${pack.shortName.zh}校园卡自动充值`;
      try {
        await platform.deduct({ ...contract, merchantOrderNo: orderNo, appId, amountFen, description, notifyUrl: notifyUrls[channel] });
      } catch (error) {
        // A signed refusal; whether an earlier sending went through is for the query to say. It is not sent again.
        if (!isAppError(error, 'deduct.platform-refused')) throw error;
        await endIfGone(platform, auto);
      }
      return 'sent';
    },
  };

  /** A payer may have ended the agreement at the platform. A lost race is no harm: the next refusal, or the holder's next look, asks again. */
  async function endIfGone(platform: DeductPlatform, auto: AutoTopUp): Promise<void> {
    const { schoolId, contractNo, appId, payerOpenId } = auto;
    const { status } = await platform.queryContract({ schoolId, contractNo, appId, payerOpenId });
    if (status === 'ended' || status === 'not-found') {
      await autoTopUps.save({ ...auto, state: 'ended', isOn: false, offReason: 'platform', endedAt: clock() });
    }
  }
}

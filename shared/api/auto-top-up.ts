import * as v from 'valibot';
import { amountFenSchema, instantSchema } from './common';

const channelSchema = v.picklist(['wechat-pay', 'alipay']);

/** Each is checked by the operation, so that a wrong amount is refused by name. */
const settingsFields = { thresholdFen: v.unknown(), amountFen: v.unknown(), monthlyCapFen: v.unknown() };
export const startAutoTopUpBody = v.object(settingsFields);
export const changeAutoTopUpBody = v.object({ ...settingsFields, isOn: v.boolean() });

export const autoTopUpReply = v.object({
  /** What the school lets one choose; null where it has no automatic top-up. */
  choices: v.nullable(
    v.object({
      channels: v.array(channelSchema),
      thresholdsFen: v.array(amountFenSchema),
      amountsFen: v.array(amountFenSchema),
      monthlyCapFen: amountFenSchema,
    }),
  ),
  contract: v.nullable(
    v.object({
      /** `asked`: the platform's page of consent was opened, or was to be. */
      state: v.picklist(['asked', 'signed', 'ended']),
      channel: channelSchema,
      isOn: v.boolean(),
      /** Why it is off: the holder's switch, three deductions that failed, an agreement that ended at the platform. */
      offReason: v.nullable(v.picklist(['holder', 'failed', 'platform'])),
      thresholdFen: amountFenSchema,
      amountFen: amountFenSchema,
      monthlyCapFen: amountFenSchema,
      usedThisMonthFen: amountFenSchema,
      askedAt: instantSchema,
      signedAt: v.nullable(instantSchema),
      endedAt: v.nullable(instantSchema),
      /** After a deduction that failed: nothing is asked for before. */
      pausedUntil: v.nullable(instantSchema),
      /** The order that is under way, to be looked at like any other. */
      openOrderNo: v.nullable(v.string()),
    }),
  ),
});
export type AutoTopUpReply = v.InferOutput<typeof autoTopUpReply>;

export const startAutoTopUpReply = v.object({
  ...autoTopUpReply.entries,
  /** Handed to `wx.navigateToMiniProgram` or `my.paySignCenter` as it is. */
  signParams: v.record(v.string(), v.string()),
});
export type StartAutoTopUpReply = v.InferOutput<typeof startAutoTopUpReply>;

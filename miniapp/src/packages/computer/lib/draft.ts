import * as v from 'valibot';
import type { checkPayeeReply } from '../../../../../shared/api/others';
import { platform } from '../../../platform';
import { readStored, writeStored } from '../../../state/stored';
import type { PayeeWords } from '../api';

/** What was typed and found, from the form to the payment. Gone with the page: names and numbers of others are not kept on a computer. */
export interface Draft {
  readonly who: PayeeWords;
  readonly amountFen: number;
  readonly found: v.InferOutput<typeof checkPayeeReply>;
  readonly brand: { readonly color: string; readonly color2: string };
}
let draft: Draft | undefined;
export const keepDraft = (next: Draft): void => {
  draft = next;
};
export const theDraft = (): Draft | undefined => draft;

const KEY = 'page-order';
const openOrderSchema = v.object({
  orderNo: v.string(),
  channel: v.picklist(['wechat-pay', 'alipay']),
  /** What the code says, or the address of the payment page. */
  codeUrl: v.optional(v.string()),
  url: v.optional(v.string()),
});
export type OpenOrder = v.InferOutput<typeof openOrderSchema>;

/** Kept, so that a page that is loaded anew still shows its code. */
export const keepOrder = (order: OpenOrder): void => writeStored(platform.storage, KEY, order);
export function openOrder(orderNo: string): OpenOrder | undefined {
  const kept = readStored(platform.storage, KEY, openOrderSchema);
  return kept?.orderNo === orderNo ? kept : undefined;
}

import type { Bilingual } from '../../../shared/rule-pack';
import type { ScreenNotice } from '../machine';
import { spokenAmount } from '../spoken-amount';
import { type JournalSale, paidFen } from './memory';

/** What the loudspeaker of a till says of a sale, in either language; the cashier looks at the food and not at the screen. */
export function readAloud(sale: JournalSale): Bilingual {
  const { state, pending } = sale;
  const said = spokenAmount(paidFen(sale));
  switch (state) {
    case 'charged':
      return { zh: `收款成功，${said.zh}`, en: `Paid, ${said.en}` };
    case 'voided':
      return { zh: `已撤销，退回${said.zh}`, en: `Taken back, ${said.en}` };
    case 'not-charged':
      return { zh: '没有扣款', en: 'Nothing was charged' };
    case 'open':
    case 'unknown':
      return pending ? { zh: '请稍候', en: 'Please wait' } : { zh: '结果未定，请勿交付', en: 'Not known yet, do not hand out' };
  }
}

/** What is known, what is pending, and what the cashier must do: one sentence in either language. */
export function noticeOf(sale: JournalSale): ScreenNotice {
  const { state, refusal, wants, pending, sequence } = sale;
  switch (state) {
    case 'charged':
      if (refusal !== undefined) return { tone: 'bad', text: { zh: `${refusal.zh}（已收款）`, en: `${refusal.en} (It stays charged.)` } };
      return { tone: 'good', text: readAloud(sale) };
    case 'voided':
      return { tone: 'good', text: readAloud(sale) };
    case 'not-charged':
      if (wants === 'void')
        return { tone: 'good', text: { zh: '没有扣款，无需退款', en: 'Nothing was charged: there is nothing to give back.' } };
      return {
        tone: 'bad',
        text: { zh: `未扣款：${refusal?.zh || '请重新收款'}`, en: `Not charged. ${refusal?.en || 'Start a new sale.'}` },
      };
    case 'unknown':
      return {
        tone: 'bad',
        text: { zh: `第 ${sequence} 号一直未定，请主管核实`, en: `No. ${sequence} stays unknown: a supervisor must look at it.` },
      };
    case 'open':
      break;
  }
  if (wants === 'void')
    return {
      tone: 'wait',
      text: {
        zh: '撤销未确认，联网后自动完成；最终不会扣款，请勿交付',
        en: 'Taking back is not confirmed yet; it completes by itself and no money stays taken. Do not hand out.',
      },
    };
  if (pending)
    return { tone: 'wait', text: { zh: '等待付款人或银行确认，请勿交付', en: 'Waiting for the payer or the bank: do not hand out yet.' } };
  return {
    tone: 'bad',
    text: {
      zh: '不知是否扣款：请勿交付，请勿重复收款；本机自动查询。顾客离开请按“撤销”',
      en: 'Not known whether it was charged: do not hand out, do not take it again; the till asks by itself. If the customer leaves, press void.',
    },
  };
}

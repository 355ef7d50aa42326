import * as v from 'valibot';
import { type ControlGets, type ControlPosts, fail, read } from '../control/read';
import type { WorldState } from '../state';
import type { ContractsDesk } from './contracts-desk';

const platform = v.picklist(['wechatPay', 'alipay']);
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const schemas = {
  plan: v.object({ afterMs: v.optional(whole, 1_000), held: v.optional(v.boolean(), false) }),
  settle: v.object({ platform, orderNo: v.string() }),
  funds: v.object({ person: v.string(), app: v.picklist(['wechat', 'alipay']), amountFen: v.nullable(whole) }),
  end: v.object({ platform, contract: v.string() }),
};

export function contractsPosts(desk: ContractsDesk, state: WorldState): ControlPosts {
  return {
    '/deductions/plan': (body) => {
      desk.planDeductions(read(schemas.plan, body));
      return state.deductions;
    },
    '/deductions/settle': (body) => {
      const { platform: where, orderNo } = read(schemas.settle, body);
      return desk.settleDeduction(where, orderNo) ? { settled: orderNo } : fail('no such deduction waits');
    },
    '/payer-funds': (body) => {
      const { person, app, amountFen } = read(schemas.funds, body);
      return desk.setPayerFunds(person, app, amountFen) ? state.payerFunds : fail('no such person');
    },
    '/contracts/end': (body) => {
      const { platform: where, contract } = read(schemas.end, body);
      return desk.endByPayer(where, contract) ? { ended: contract } : fail('no such contract in force');
    },
  };
}

export function contractsGets(state: WorldState): ControlGets {
  return {
    '/contracts': () => ({
      wechat: Object.values(state.wechatContracts),
      alipay: Object.values(state.alipayAgreements),
      consents: Object.values(state.consents),
    }),
  };
}

import * as v from 'valibot';
import { type ControlGets, type ControlPosts, fail, read } from '../control/read';
import type { CodePayDesk } from './desk';
import { CODE_STEPS } from './state';

const schemas = {
  show: v.object({ app: v.picklist(['wechat', 'alipay']), person: v.optional(v.string()) }),
  press: v.object({ orderNo: v.string(), key: v.picklist(['pay', 'cancel']) }),
  script: v.object({ platform: v.picklist(['wechatPay', 'alipay']), steps: v.array(v.picklist(CODE_STEPS)) }),
};

export function codePayPosts(desk: CodePayDesk): ControlPosts {
  return {
    '/payment-codes': (body) => {
      const { app, person } = read(schemas.show, body);
      return { code: desk.show(app, person) ?? fail('no such person') };
    },
    '/payment-codes/press': (body) => {
      const { orderNo, key } = read(schemas.press, body);
      return desk.press(orderNo, key) ? { pressed: key } : fail('nothing waits under this number');
    },
    '/payment-codes/script': (body) => {
      const { platform, steps } = read(schemas.script, body);
      desk.script(platform, steps);
      return { platform, steps };
    },
  };
}

export function codePayGets(desk: CodePayDesk): ControlGets {
  return { '/payment-codes': () => ({ waiting: desk.waiting() }) };
}

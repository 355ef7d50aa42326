import * as v from 'valibot';
import { type ControlGets, type ControlPosts, fail, read } from '../control/read';
import type { MessagesDesk } from './desk';

const agreeing = v.object({ app: v.picklist(['wechat', 'alipay']), person: v.string(), templateIds: v.array(v.string()) });

/** POST below /control/messages. */
export function messagesPosts(desk: MessagesDesk): ControlPosts {
  return { '/messages/agree': (body) => (desk.agree(read(agreeing, body)) ? { agreed: true } : fail('no such person or template')) };
}

/** GET /control/messages: what phones were shown. */
export function messagesGets(desk: MessagesDesk): ControlGets {
  return { '/messages': () => ({ messages: desk.sent() }) };
}

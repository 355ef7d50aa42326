import * as v from 'valibot';
import { bankGets, bankPosts } from '../bank/control';
import { booksGets, booksPosts } from '../bills/control';
import { contractsGets, contractsPosts } from '../cashier/contracts-control';
import { faultTable, isFault } from '../cashier/faults';
import { codePayGets, codePayPosts } from '../code-pay/control';
import { jsonResponse, parseJson, type SandboxRequest, type SandboxResponse, type Service } from '../lib/http';
import { messagesGets, messagesPosts } from '../messages/control';
import { utilityGets, utilityPosts } from '../utility/control';
import type { World } from '../world-contract';
import { BadControl, type ControlGets, type ControlPosts, fail, read } from './read';

const fault = v.pipe(v.string(), v.check(isFault, 'unknown fault'));
const schemas = {
  person: v.object({ name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(40)) }),
  currentPerson: v.object({ app: v.picklist(['wechat', 'alipay']), person: v.string() }),
  loginCode: v.object({
    app: v.picklist(['wechat', 'alipay']),
    flow: v.optional(v.picklist(['mini-program', 'web']), 'mini-program'),
    person: v.optional(v.string()),
  }),
  fault: v.object({
    fault: v.nullable(fault),
    orderNo: v.optional(v.string()),
    attempts: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))),
  }),
  outage: v.object({ platform: v.picklist(['wechatPay', 'alipay']), outage: v.picklist(['none', 'error', 'answer-lost']) }),
  mode: v.object({ mode: v.picklist(['certificate', 'public-key']) }),
  certificate: v.object({ step: v.picklist(['announce', 'promote', 'retire-old']) }),
  speed: v.object({ speed: v.pipe(v.number(), v.minValue(1), v.maxValue(1_000_000)) }),
};

/** What the bench top and tests press. Everything is JSON; it only listens on this machine. */
export function createControlService(world: World, clock: () => number, wireClock: () => number): Service {
  const posts: ControlPosts = {
    ...booksPosts(world.books, world.state, wireClock),
    ...contractsPosts(world.contracts, world.state),
    ...codePayPosts(world.codePay),
    ...bankPosts(world.bank),
    ...utilityPosts(world.utility),
    ...messagesPosts(world.messages),
    '/persons': (body) => world.addPerson(read(schemas.person, body).name),
    '/current-person': (body) => {
      const { app, person } = read(schemas.currentPerson, body);
      return world.signIn(app, person) ?? fail('no such person');
    },
    '/login-code': (body) => {
      const { app, flow, person } = read(schemas.loginCode, body);
      const code = world.loginCode({ app, flow, person });
      return code === undefined ? fail('no such person') : { code };
    },
    '/faults': (body) => {
      const wanted = read(schemas.fault, body);
      const name = wanted.fault;
      const switched = name === null || !isFault(name) ? null : { fault: name, attempts: wanted.attempts ?? null };
      world.switchFault(switched, wanted.orderNo);
      return world.state.faults;
    },
    '/outage': (body) => {
      const { platform, outage } = read(schemas.outage, body);
      world.switchOutage(platform, outage);
      return world.state.outage;
    },
    '/wechat-pay/mode': (body) => {
      world.switchVerificationMode(read(schemas.mode, body).mode);
      return world.wechatPayKeys();
    },
    '/wechat-pay/certificate': (body) => {
      world.rotateCertificate(read(schemas.certificate, body).step);
      return world.wechatPayKeys();
    },
    '/speed': (body) => {
      world.setSpeed(read(schemas.speed, body).speed);
      return { speed: world.speed() };
    },
  };
  const gets: ControlGets = {
    ...bankGets(world.bank, clock),
    ...utilityGets(world.utility),
    ...messagesGets(world.messages),
    ...booksGets(world.books, world.state),
    ...contractsGets(world.state),
    ...codePayGets(world.codePay),
    '/persons': () => ({ persons: Object.values(world.state.persons), current: world.state.currentPerson }),
    '/events': (query) => ({ events: world.events.list(Number(query.get('after') ?? 0)) }),
    '/faults': () => ({ faults: faultTable, switched: world.state.faults }),
    '/deliveries': () => ({ deliveries: Object.values(world.state.deliveries) }),
    '/orders': () => ({ wechat: Object.values(world.state.wechatOrders), alipay: Object.values(world.state.alipayTrades) }),
    '/speed': () => ({ speed: world.speed() }),
    '/wechat-pay/keys': () => world.wechatPayKeys(),
  };

  return (request: SandboxRequest): SandboxResponse => {
    try {
      const get = request.method === 'GET' && Object.hasOwn(gets, request.path) ? gets[request.path] : undefined;
      if (get) return jsonResponse(200, get(new URLSearchParams(request.query)));
      const post = request.method === 'POST' && Object.hasOwn(posts, request.path) ? posts[request.path] : undefined;
      if (post) return jsonResponse(200, post(parseJson(request.body)));
      return jsonResponse(404, { error: 'no such control' });
    } catch (error) {
      if (error instanceof BadControl) return jsonResponse(400, { error: error.message });
      throw error;
    }
  };
}

import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { RandomBytes } from '../shared/ids';
import type { EpochMs } from '../shared/time';
import { createAlipayBills } from './alipay/bills';
import { createAlipayGateway } from './alipay/gateway';
import { alipayNoticeKind } from './alipay/notice';
import { createAlipaySite } from './alipay/site';
import { createBankDesk } from './bank/desk';
import { createBankService } from './bank/service';
import { createBooksDesk } from './bills/desk';
import { createCashierDesk } from './cashier/cashier';
import { createCodePages } from './cashier/code-pages';
import { createConsentDesk } from './cashier/consent';
import { createConsentService } from './cashier/consent-service';
import { createContractsDesk } from './cashier/contracts-desk';
import { switchFault } from './cashier/faults';
import { createCashierService } from './cashier/service';
import { createCodePayDesk } from './code-pay/desk';
import { createControlService } from './control/service';
import { generateKeys, type WorldKeys } from './keys';
import { createCourier, type Deliver } from './lib/courier';
import { deliverByHttp } from './lib/deliver-by-http';
import { createEvents } from './lib/events';
import { jsonResponse, type SandboxRequest, type SandboxResponse, type Service } from './lib/http';
import { systemTimers, type Timers } from './lib/timers';
import { createAlipayOpen } from './login/alipay';
import { issueCode } from './login/codes';
import { addPerson, currentPerson, findPerson, openidOf } from './login/persons';
import { createWechatApi, createWechatOpen } from './login/wechat';
import { createMailGateway } from './mail/gateway';
import { createMessagesDesk } from './messages/desk';
import { createOidcProvider } from './oidc/provider';
import { createSmsGateway } from './sms/gateway';
import { completeState, type LoginCode, type Outage, type WorldState } from './state';
import type { Surroundings } from './surroundings';
import { createUtilityDesk } from './utility/desk';
import { createUtilityService } from './utility/service';
import { wechatNoticeKind } from './wechat-pay/callback';
import { createWechatPayGateway } from './wechat-pay/gateway';
import {
  announceCertificate,
  certificatesInForce,
  promoteCertificate,
  retireOldCertificates,
  switchMode,
} from './wechat-pay/platform-keys';
import { createWecomApi, createWecomOpen } from './wecom/api';
import { followCorp } from './wecom/members';
import { createWecomPages } from './wecom/pages';
import type { World } from './world-contract';

export interface WorldParts {
  readonly clock?: () => EpochMs;
  readonly randomBytes?: RandomBytes;
  readonly timers?: Timers;
  readonly keys?: WorldKeys;
  /** Continued, not copied; what an older version did not know is added. */
  readonly state?: WorldState;
  /** Called whenever the state must be written. */
  readonly changed?: () => void;
  readonly deliver?: Deliver;
  /** Retry waits are divided by this; signed times never are. */
  readonly speed?: number;
}

export function createWorld(given: WorldParts = {}): World {
  const wireClock = given.clock ?? Date.now;
  const randomBytes = given.randomBytes ?? systemRandomBytes;
  const keys = given.keys ?? generateKeys(wireClock(), randomBytes);
  const state: WorldState = completeState(given.state ?? {}, keys.wechatPay.platformCertificates.at(-1)?.serial ?? '');
  const events = createEvents(wireClock);
  const clock = () => wireClock() + state.clockShiftMs;
  const parts: Surroundings = { clock, wireClock, randomBytes, keys, state, events, changed: given.changed ?? (() => undefined) };
  // Those who keep no books live in real time.
  const present: Surroundings = { ...parts, clock: wireClock };
  const courier = createCourier({
    ...present,
    timers: given.timers ?? systemTimers,
    deliver: given.deliver ?? deliverByHttp,
    speed: given.speed ?? 1,
    kinds: { 'wechat-pay': wechatNoticeKind(parts), alipay: alipayNoticeKind(parts) },
  });
  const cashier = createCashierDesk(parts, courier);
  const consents = createConsentDesk(parts, courier);
  let baseUrl = '';

  const appidOf = (app: LoginCode['app'], flow: LoginCode['flow'], schoolId = ''): string => {
    if (app === 'wecom') return keys.wecom[schoolId]?.corpId ?? '';
    if (app === 'wechat') return flow === 'web' ? keys.wechatApps.officialAccount.appid : keys.wechatApps.miniProgram.appid;
    return flow === 'web' ? keys.alipay.webAppId : keys.alipay.miniProgramAppId;
  };

  const world: World = {
    keys,
    state,
    events,
    cashier,
    consents,
    contracts: createContractsDesk(parts, courier),
    books: createBooksDesk(parts, courier),
    codePay: createCodePayDesk(parts),
    bank: createBankDesk(parts),
    utility: createUtilityDesk(parts),
    messages: createMessagesDesk(present),
    answer: (request) => route({ ...request, fullPath: request.path }),
    addPerson(name) {
      const person = addPerson(parts, name);
      // The first person picks up both phones.
      if (state.currentPerson.wechat === '') state.currentPerson = { wechat: person.id, alipay: person.id };
      return person;
    },
    signIn(app, who) {
      const person = findPerson(parts, who);
      if (!person) return undefined;
      state.currentPerson[app] = person.id;
      parts.changed();
      return person;
    },
    loginCode({ app, flow = 'mini-program', person, schoolId }) {
      const who = currentPerson(parts, app, person);
      return who && issueCode(present, { app, flow, appid: appidOf(app, flow, schoolId), scope: 'snsapi_base' }, who);
    },
    followCorp: (wish) => followCorp(parts, wish),
    openid(app, appid, who) {
      const person = findPerson(parts, who);
      return person && openidOf(parts, person, app, appid);
    },
    switchFault: (fault, orderNo) => switchFault(parts, fault, orderNo),
    switchOutage(platform, outage) {
      state.outage[platform] = outage;
      parts.changed();
      events.publish('control', 'control.changed', platform, { outage });
    },
    switchVerificationMode: (mode) => switchMode(parts, mode),
    rotateCertificate(step) {
      if (step === 'announce') announceCertificate(parts);
      else if (step === 'promote') promoteCertificate(parts);
      else retireOldCertificates(parts);
    },
    wechatPayKeys: () => ({
      mode: state.wechatPay.mode,
      signingSerial: state.wechatPay.signingSerial,
      certificates: certificatesInForce(parts).map(({ serial, certificatePem }) => ({ serial, certificatePem })),
      publicKeyId: keys.wechatPay.publicKey.id,
      publicKeyPem: keys.wechatPay.publicKey.publicKeyPem,
    }),
    setSpeed: courier.setSpeed,
    speed: courier.speed,
    setBaseUrl(url) {
      baseUrl = url;
    },
    stop: courier.stop,
  };

  const alipayBills = createAlipayBills(parts, () => baseUrl);
  const services: Readonly<Record<string, Service>> = {
    'wechat-pay': withOutage(
      () => state.outage.wechatPay,
      createWechatPayGateway(parts, courier, () => baseUrl),
    ),
    alipay: withOutage(() => state.outage.alipay, createAlipayGateway(parts, courier, alipayBills)),
    'alipay-site': createAlipaySite(parts),
    'alipay-bills': withOutage(() => state.outage.alipay, alipayBills.download),
    'wechat-api': createWechatApi(present),
    'wechat-open': createWechatOpen(present),
    'alipay-open': createAlipayOpen(present),
    sms: createSmsGateway(present),
    mail: createMailGateway(present),
    'wecom-api': createWecomApi(present),
    'wecom-open': createWecomOpen(present),
    wecom: createWecomPages(present),
    oidc: createOidcProvider(present, () => baseUrl),
    bank: createBankService(parts),
    utility: createUtilityService(parts),
    cashier: createCashierService(
      cashier,
      () => baseUrl,
      createCodePages(parts),
      createConsentService(consents, () => baseUrl),
    ),
    control: createControlService(world, clock, wireClock),
  };

  async function route(request: SandboxRequest): Promise<SandboxResponse> {
    const match = /^\/([^/]+)(\/.*)?$/.exec(request.path);
    const name = match?.[1] ?? '';
    const service = Object.hasOwn(services, name) ? services[name] : undefined;
    if (!service) return jsonResponse(404, { error: 'no such service' });
    return service({ ...request, path: match?.[2] ?? '/' });
  }

  courier.resume();
  return world;
}

/** `answer-lost`: the request takes effect and its answer never arrives, the case that makes idempotency keys necessary. */
function withOutage(outage: () => Outage, service: Service): Service {
  return async (request) => {
    const response = await service(request);
    return outage() === 'answer-lost' ? { status: 0, headers: {}, body: '' } : response;
  };
}

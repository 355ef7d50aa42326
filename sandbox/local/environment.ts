import type { SandboxCredentials } from '../credentials';
import type { GrantedTemplates } from '../messages/templates';
import type { LocalSecrets } from './secrets';
import { FIELD_KEY_ID } from './seed';
import { PEPPER_ID } from './seed-staff';

/** Names the one key that kiosks seal card passwords to. */
export const PIN_KEY_ID = 'local1';

export interface LocalAddresses {
  readonly dynamodb: string;
  /** The front door: where platforms send a visitor back to. */
  readonly web: string;
  /** Where platforms send their callbacks to. */
  readonly functions: string;
  /** Where the played queue listens; without one the sweep alone asks about orders. */
  readonly queue?: string;
}

/**
 * The variables of every function, as a deployment's secrets would hold them: keys of this machine, and of the payment and sign-in platforms
 * what their consoles (the sandbox) hand to the merchant.
 */
export function localEnvironment(
  credentials: SandboxCredentials,
  secrets: LocalSecrets,
  addresses: LocalAddresses,
): Record<string, string> {
  const { wechatPay, wechatLogin, alipay, sms, mail, wecomLogin, campusSso, banks, utility, messageTemplates } = credentials;
  const schools = [...new Set(Object.keys(secrets.terminalKeys).map((name) => name.split('/')[0] ?? ''))];
  const templatesOf = (granted: GrantedTemplates) =>
    Object.fromEntries(Object.entries(granted).map(([topic, { id: templateId, fields }]) => [topic, { templateId, fields }]));
  const alipayApps = [alipay.miniProgramAppId, alipay.webAppId].map((appId) => ({
    appId,
    appPrivateKey: alipay.appPrivateKeyPem,
    alipayPublicKey: alipay.alipayPublicKeyPem,
  }));
  const settings = {
    ECODE_WECHAT_PAY: {
      baseUrl: wechatPay.baseUrl,
      merchantId: wechatPay.mchid,
      appIds: [wechatLogin.miniProgram.appid, wechatLogin.officialAccount.appid],
      apiV3Key: wechatPay.apiV3Key,
      platformKeys: wechatPay.platformKeys,
      merchantSerialNo: wechatPay.merchantSerial,
      merchantPrivateKey: wechatPay.merchantPrivateKeyPem,
      // What its console would show of 校园轻松付; the stand-in takes any.
      schoolPlans: [{ schoolId: 'shanghaitech', planId: '100001', schoolCode: '4131000001' }],
    },
    ECODE_ALIPAY: {
      gatewayUrl: alipay.gatewayUrl,
      sellerId: alipay.sellerId,
      apps: alipayApps,
      agreement: { signScene: 'INDUSTRY|EDU' },
    },
    ECODE_WECHAT_LOGIN: {
      apiUrl: wechatLogin.apiBaseUrl,
      openUrl: wechatLogin.openBaseUrl,
      apps: [
        { appId: wechatLogin.miniProgram.appid, appSecret: wechatLogin.miniProgram.secret, kind: 'mini-program' },
        { appId: wechatLogin.officialAccount.appid, appSecret: wechatLogin.officialAccount.secret, kind: 'official-account' },
      ],
    },
    ECODE_ALIPAY_LOGIN: { authUrl: alipay.openBaseUrl, gatewayUrl: alipay.gatewayUrl, apps: alipayApps },
    ECODE_WECOM_LOGIN: wecomLogin,
    ECODE_CAMPUS_SSO: { schools: campusSso },
    ECODE_SMS: sms,
    ECODE_MAIL: mail,
    ECODE_MESSAGES: {
      apps: [
        { platform: 'wechat-mini', appId: wechatLogin.miniProgram.appid, schools, templates: templatesOf(messageTemplates.wechat) },
        { platform: 'alipay-mini', appId: alipay.miniProgramAppId, schools, templates: templatesOf(messageTemplates.alipay) },
      ],
    },
    ECODE_BANK: { schools: banks },
    ECODE_UTILITY: utility,
    ECODE_PASSWORD_PEPPERS: { current: PEPPER_ID, keys: { [PEPPER_ID]: secrets.pepper } },
    ECODE_PIN_KEYS: { current: PIN_KEY_ID, keys: { [PIN_KEY_ID]: secrets.pinKey } },
    ECODE_FIELD_KEYS: { current: FIELD_KEY_ID, keys: { [FIELD_KEY_ID]: secrets.fieldKey } },
  };
  return {
    DYNAMODB_ENDPOINT: addresses.dynamodb,
    ECODE_MASTER_KEY: secrets.masterKey,
    ...(addresses.queue === undefined ? {} : { SQS_ENDPOINT: addresses.queue }),
    ECODE_PUBLIC_BASE_URL: addresses.web,
    ECODE_CALLBACK_BASE_URL: addresses.functions,
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)])),
  };
}

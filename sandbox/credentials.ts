import { BANK_IDS, clientsOf } from './bank/banks';
import { UTILITY_CLIENT, type WecomCorp } from './keys';
import type { PartnerKeys } from './lib/partner-keys';
import { GRANTED, type GrantedTemplates } from './messages/templates';
import { SSO_SCHOOL } from './oidc/provider';
import type { World } from './world-contract';

/** What the consoles of the platforms would hand to the merchant: everything the product must be configured with. */
export interface SandboxCredentials {
  readonly wechatPay: {
    readonly baseUrl: string;
    readonly mchid: string;
    readonly merchantSerial: string;
    readonly merchantPrivateKeyPem: string;
    readonly merchantCertificatePem: string;
    readonly apiV3Key: string;
    /** Certificates and the PUB_KEY_ID public key, the kind now in use first. PEM of a certificate or of a public key. */
    readonly platformKeys: readonly { readonly serial: string; readonly pem: string }[];
  };
  readonly wechatLogin: {
    readonly apiBaseUrl: string;
    readonly openBaseUrl: string;
    readonly miniProgram: { readonly appid: string; readonly secret: string };
    readonly officialAccount: { readonly appid: string; readonly secret: string };
  };
  readonly alipay: {
    readonly gatewayUrl: string;
    readonly openBaseUrl: string;
    readonly miniProgramAppId: string;
    readonly webAppId: string;
    readonly appPrivateKeyPem: string;
    readonly alipayPublicKeyPem: string;
    readonly sellerId: string;
  };
  readonly sms: { readonly baseUrl: string; readonly keyId: string; readonly secret: string };
  readonly mail: { readonly baseUrl: string; readonly keyId: string; readonly secret: string };
  /** Templates that the consoles of WeChat and Alipay have granted to the mini-programs. */
  readonly messageTemplates: Readonly<Record<'wechat' | 'alipay', GrantedTemplates>>;
  readonly wecomLogin: {
    readonly apiUrl: string;
    readonly openUrl: string;
    readonly corps: readonly (WecomCorp & { readonly schoolId: string })[];
  };
  /** Our client at each school's own sign-in. */
  readonly campusSso: Readonly<
    Record<
      string,
      {
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret: string;
        readonly numberClaim: string;
        readonly nameClaim: string;
      }
    >
  >;
  /** The bank of each school that has one. */
  readonly banks: Readonly<Record<string, PartnerCredentials & { readonly sealKey: PublicKey }>>;
  readonly utility: PartnerCredentials;
  readonly cashierBaseUrl: string;
  readonly controlBaseUrl: string;
}

interface PublicKey {
  readonly keyId: string;
  readonly publicKey: string;
}

/** What a bank and its client have exchanged beforehand. */
interface PartnerCredentials {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly privateKey: string;
  readonly answerKeys: readonly PublicKey[];
}

export function sandboxCredentials(world: World, baseUrl: string): SandboxCredentials {
  const { wechatPay, wechatApps, alipay, sms, mail, wecom, campusSso } = world.keys;
  const known = world.wechatPayKeys();
  const publicKey = { serial: known.publicKeyId, pem: known.publicKeyPem };
  // Newest first: the signing one is then the first that the merchant names in its requests.
  const certificates = known.certificates.map(({ serial, certificatePem }) => ({ serial, pem: certificatePem })).reverse();
  return {
    wechatPay: {
      baseUrl: `${baseUrl}/wechat-pay`,
      mchid: wechatPay.mchid,
      merchantSerial: wechatPay.merchant.serial,
      merchantPrivateKeyPem: wechatPay.merchant.privateKeyPem,
      merchantCertificatePem: wechatPay.merchant.certificatePem,
      apiV3Key: wechatPay.apiV3Key,
      platformKeys: known.mode === 'public-key' ? [publicKey, ...certificates] : [...certificates, publicKey],
    },
    wechatLogin: { apiBaseUrl: `${baseUrl}/wechat-api`, openBaseUrl: `${baseUrl}/wechat-open`, ...wechatApps },
    alipay: {
      gatewayUrl: `${baseUrl}/alipay/gateway.do`,
      openBaseUrl: `${baseUrl}/alipay-open`,
      miniProgramAppId: alipay.miniProgramAppId,
      webAppId: alipay.webAppId,
      appPrivateKeyPem: alipay.app.privateKeyPem,
      alipayPublicKeyPem: alipay.platform.publicKeyPem,
      sellerId: alipay.sellerId,
    },
    sms: { baseUrl: `${baseUrl}/sms`, ...sms },
    mail: { baseUrl: `${baseUrl}/mail`, ...mail },
    messageTemplates: GRANTED,
    wecomLogin: {
      apiUrl: `${baseUrl}/wecom-api`,
      openUrl: `${baseUrl}/wecom-open`,
      corps: Object.entries(wecom).map(([schoolId, corp]) => ({ schoolId, ...corp })),
    },
    campusSso: {
      [SSO_SCHOOL]: {
        issuer: `${baseUrl}/oidc`,
        clientId: campusSso.clientId,
        clientSecret: campusSso.clientSecret,
        numberClaim: 'code',
        nameClaim: 'name',
      },
    },
    banks: bankCredentials(world, baseUrl),
    utility: partnerCredentials(world.keys.utility, UTILITY_CLIENT, `${baseUrl}/utility`),
    cashierBaseUrl: `${baseUrl}/cashier`,
    controlBaseUrl: `${baseUrl}/control`,
  };
}

function bankCredentials(world: World, baseUrl: string): SandboxCredentials['banks'] {
  const entries = BANK_IDS.flatMap((bank) => {
    const keys = world.keys.banks[bank];
    const sealKey = { keyId: keys.seal.keyId, publicKey: keys.seal.publicKeyPem };
    return clientsOf(bank).map((school) => [school, { ...partnerCredentials(keys, school, `${baseUrl}/bank/${bank}`), sealKey }] as const);
  });
  return Object.fromEntries(entries);
}

function partnerCredentials(keys: PartnerKeys, clientId: string, baseUrl: string): PartnerCredentials {
  const client = keys.clients[clientId];
  if (client === undefined) throw new Error(`no key for ${clientId}`);
  const answerKeys = [{ keyId: keys.answer.keyId, publicKey: keys.answer.publicKeyPem }];
  return { baseUrl, clientId, keyId: client.keyId, privateKey: client.privateKeyPem, answerKeys };
}

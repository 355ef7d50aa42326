import { generateKeyPairSync } from 'node:crypto';
import type { RandomBytes } from '../shared/ids';
import { DAY_MS, type EpochMs } from '../shared/time';
import { type BankKeys, generateBankKeys } from './bank/keys';
import { selfSignedCertificate } from './lib/certificate';
import { generatePartnerKeys, type PartnerKeys } from './lib/partner-keys';
import { HEX_UPPER, randomAlphanumeric, randomDigits, randomText } from './lib/random-text';
import { CORPS } from './wecom/corps';

export interface KeyPair {
  /** PKCS#8. */
  readonly privateKeyPem: string;
  /** SPKI. */
  readonly publicKeyPem: string;
}

export interface Certificate {
  readonly serial: string;
  readonly certificatePem: string;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
}

export interface PlatformCertificate extends Certificate, KeyPair {}

export interface WechatApp {
  readonly appid: string;
  readonly secret: string;
}

/**
 * Everything secret of the outside world, both sides of it: what a platform keeps, and what its console would have
 * handed to the merchant. Made on the first run, kept in the data folder, never in the repository.
 */
export interface WorldKeys {
  readonly wechatPay: {
    readonly mchid: string;
    /** 32 characters. */
    readonly apiV3Key: string;
    readonly merchant: KeyPair & Certificate;
    /** Newest last; rotation appends. */
    readonly platformCertificates: readonly PlatformCertificate[];
    readonly publicKey: KeyPair & { readonly id: string };
  };
  readonly wechatApps: { readonly miniProgram: WechatApp; readonly officialAccount: WechatApp };
  readonly alipay: {
    readonly sellerId: string;
    /** The merchant's key, uploaded for both of its apps. */
    readonly app: KeyPair;
    readonly platform: KeyPair;
    readonly miniProgramAppId: string;
    readonly webAppId: string;
  };
  readonly sms: { readonly keyId: string; readonly secret: string };
  readonly banks: BankKeys;
  readonly utility: PartnerKeys;
  readonly mail: { readonly keyId: string; readonly secret: string };
  /** The WeChat Work of each school that has one. */
  readonly wecom: Readonly<Record<string, WecomCorp>>;
  /** Our client at the school's own sign-in, and the key that its tokens are signed with. */
  readonly campusSso: { readonly clientId: string; readonly clientSecret: string; readonly keyId: string; readonly key: KeyPair };
}

export interface WecomCorp {
  readonly corpId: string;
  readonly agentId: string;
  readonly secret: string;
}

/** What a data folder of before may lack. */
export type LaterKeys = Pick<WorldKeys, 'banks' | 'utility' | 'mail' | 'wecom' | 'campusSso'>;

/** Our name at the suppliers. */
export const UTILITY_CLIENT = 'ecode';

export function generateKeys(now: EpochMs, randomBytes: RandomBytes): WorldKeys {
  const mchid = `19${randomDigits(randomBytes, 8)}`;
  const merchantPair = rsaPair();
  const appPrefix = '2021';
  return {
    wechatPay: {
      mchid,
      apiV3Key: randomAlphanumeric(randomBytes, 32),
      merchant: { ...merchantPair, ...certificateFor(merchantPair, `sandbox merchant ${mchid}`, now, randomBytes) },
      platformCertificates: [generatePlatformCertificate(now, randomBytes)],
      publicKey: { ...rsaPair(), id: `PUB_KEY_ID_0${mchid}${randomDigits(randomBytes, 24)}` },
    },
    wechatApps: { miniProgram: wechatApp(randomBytes), officialAccount: wechatApp(randomBytes) },
    alipay: {
      sellerId: `2088${randomDigits(randomBytes, 12)}`,
      app: rsaPair(),
      platform: rsaPair(),
      miniProgramAppId: `${appPrefix}${randomDigits(randomBytes, 12)}`,
      webAppId: `${appPrefix}${randomDigits(randomBytes, 12)}`,
    },
    sms: { keyId: `sms${randomDigits(randomBytes, 8)}`, secret: randomAlphanumeric(randomBytes, 40) },
    ...generateLaterKeys(randomBytes),
  };
}

/** Of stand-ins that came later: made anew where a data folder of before does not have them. */
export function generateLaterKeys(randomBytes: RandomBytes): LaterKeys {
  const corp = (): WecomCorp => ({
    corpId: `ww${randomText(randomBytes, 16, HEX_UPPER.toLowerCase())}`,
    agentId: `1${randomDigits(randomBytes, 6)}`,
    secret: randomAlphanumeric(randomBytes, 43),
  });
  return {
    banks: generateBankKeys(randomBytes),
    utility: generatePartnerKeys([UTILITY_CLIENT], randomBytes),
    mail: { keyId: `mail${randomDigits(randomBytes, 8)}`, secret: randomAlphanumeric(randomBytes, 40) },
    wecom: Object.fromEntries(CORPS.map(({ schoolId }) => [schoolId, corp()])),
    campusSso: {
      clientId: `ecode-${randomDigits(randomBytes, 6)}`,
      clientSecret: randomAlphanumeric(randomBytes, 40),
      keyId: randomAlphanumeric(randomBytes, 12),
      key: rsaPair(),
    },
  };
}

export function generatePlatformCertificate(now: EpochMs, randomBytes: RandomBytes): PlatformCertificate {
  const pair = rsaPair();
  return { ...pair, ...certificateFor(pair, 'sandbox platform certificate', now, randomBytes) };
}

function wechatApp(randomBytes: RandomBytes): WechatApp {
  return {
    appid: `wx${randomText(randomBytes, 16, HEX_UPPER.toLowerCase())}`,
    secret: randomText(randomBytes, 32, HEX_UPPER.toLowerCase()),
  };
}

function rsaPair(): KeyPair {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKeyPem: pair.privateKey, publicKeyPem: pair.publicKey };
}

function certificateFor(pair: KeyPair, commonName: string, now: EpochMs, randomBytes: RandomBytes): Certificate {
  // Never a leading zero: readers of X.509 print the serial without one, and the two texts must be the same.
  const serial = `5${randomText(randomBytes, 39, HEX_UPPER)}`;
  const notBefore = Math.floor(now / 1000) * 1000 - DAY_MS;
  const notAfter = notBefore + 5 * 365 * DAY_MS;
  const certificatePem = selfSignedCertificate({ serial, commonName, privateKeyPem: pair.privateKeyPem, notBefore, notAfter });
  return { serial, certificatePem, notBefore, notAfter };
}

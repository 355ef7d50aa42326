import { sign } from 'node:crypto';
import { generatePlatformCertificate, type PlatformCertificate } from '../keys';
import type { VerificationMode } from '../state';
import type { Surroundings } from '../surroundings';

/** The key that signs for the platform: a certificate's, named by its serial, or the public key, named by its PUB_KEY_ID. */
export interface SigningKey {
  readonly serial: string;
  readonly privateKeyPem: string;
}

type Parts = Pick<Surroundings, 'keys' | 'state'>;

/** Certificates in force, oldest first. */
export function certificatesInForce({ keys, state }: Parts): PlatformCertificate[] {
  const all = [...keys.wechatPay.platformCertificates, ...state.wechatPay.addedCertificates];
  return all.filter((certificate) => !state.wechatPay.retiredSerials.includes(certificate.serial));
}

/** Key of callbacks, and of answers to requests that name none. */
export function currentSigningKey(parts: Parts): SigningKey {
  const { publicKey } = parts.keys.wechatPay;
  if (parts.state.wechatPay.mode === 'public-key') return { serial: publicKey.id, privateKeyPem: publicKey.privateKeyPem };
  const inForce = certificatesInForce(parts);
  const current = inForce.find((one) => one.serial === parts.state.wechatPay.signingSerial) ?? inForce.at(-1);
  if (!current) throw new Error('no platform certificate is in force');
  return current;
}

/** A request's Wechatpay-Serial header says which key its sender can verify with; the answer is signed with that one. */
export function answerSigningKey(parts: Parts, requested: string | undefined): SigningKey {
  const { publicKey } = parts.keys.wechatPay;
  if (requested === publicKey.id) return { serial: publicKey.id, privateKeyPem: publicKey.privateKeyPem };
  return certificatesInForce(parts).find((one) => one.serial === requested) ?? currentSigningKey(parts);
}

export function switchMode(parts: Surroundings, mode: VerificationMode): void {
  parts.state.wechatPay.mode = mode;
  parts.changed();
  parts.events.publish('wechat-pay', 'control.changed', 'verification-mode', { mode });
}

/** A new certificate appears in /v3/certificates at once; it signs from `promote` on, as the vendor announces before it uses. */
export function announceCertificate(parts: Surroundings): string {
  const certificate = generatePlatformCertificate(parts.clock(), parts.randomBytes);
  parts.state.wechatPay.addedCertificates.push(certificate);
  parts.changed();
  parts.events.publish('wechat-pay', 'control.changed', 'certificate-announced', { serial: certificate.serial });
  return certificate.serial;
}

/** The newest certificate signs from now on. */
export function promoteCertificate(parts: Surroundings): string {
  const serial = certificatesInForce(parts).at(-1)?.serial ?? parts.state.wechatPay.signingSerial;
  parts.state.wechatPay.signingSerial = serial;
  parts.changed();
  parts.events.publish('wechat-pay', 'control.changed', 'certificate-promoted', { serial });
  return serial;
}

/** Takes every certificate but the signing one out of force. */
export function retireOldCertificates(parts: Surroundings): void {
  const { signingSerial, retiredSerials } = parts.state.wechatPay;
  for (const { serial } of certificatesInForce(parts)) if (serial !== signingSerial) retiredSerials.push(serial);
  parts.changed();
  parts.events.publish('wechat-pay', 'control.changed', 'certificates-retired', { kept: signingSerial });
}

/** base64 of RSA-SHA256 over "timestamp\nnonce\nbody\n", the vendor's form for answers and callbacks. */
export function signMessage(key: SigningKey, message: { timestamp: string; nonce: string; body: Buffer }): string {
  const bytes = Buffer.concat([Buffer.from(`${message.timestamp}\n${message.nonce}\n`), message.body, Buffer.from('\n')]);
  return sign('sha256', bytes, key.privateKeyPem).toString('base64');
}

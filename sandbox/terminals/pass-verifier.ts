import { createHash, createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import { type ErrorCode, errorTable } from '../../shared/errors';
import type { MachineWorld } from './machine';
import type { OfflinePassVerifier, OfflineSale, PassVerdict } from './till/forwarder';

/** What a heartbeat says of passes (docs/terminal-api.md, "Offline passes"). */
export interface HeardPassFacts {
  readonly passKeys: readonly { readonly keyId: number; readonly publicKey: string }[];
  readonly revocationEpoch: number;
  readonly revokedPasses: readonly string[];
  readonly takesPasses: boolean;
}

/** A pass that a till of the hall took. */
export interface TakenPass {
  readonly envelope: string;
  readonly index: number;
  readonly amountFen: number;
  readonly validUntil: number;
}

/** Tills of one hall tell each other what they took, over a network of their own. */
export class PassLan {
  readonly #members = new Set<PassVerifier>();

  join(member: PassVerifier): void {
    this.#members.add(member);
  }

  tell(from: PassVerifier, taken: TakenPass): void {
    for (const member of this.#members) if (member !== from) member.learn(taken);
  }
}

const takenSchema = v.array(v.object({ envelope: v.string(), index: v.number(), amountFen: v.number(), validUntil: v.number() }));
const memorySchema = v.object({
  facts: v.object({
    passKeys: v.array(v.object({ keyId: v.number(), publicKey: v.string() })),
    revocationEpoch: v.number(),
    revokedPasses: v.array(v.string()),
    takesPasses: v.boolean(),
  }),
  taken: takenSchema,
});
const NOTHING = { facts: { passKeys: [], revocationEpoch: 0, revokedPasses: [], takesPasses: false }, taken: [] };

/** The part of a till that judges a pass with no network: made from docs/terminal-api.md alone, as a vendor would. */
export class PassVerifier implements OfflinePassVerifier {
  readonly #schoolId: string;
  readonly #memory: MachineWorld['memory'];
  readonly #lan: PassLan | undefined;

  constructor(schoolId: string, memory: MachineWorld['memory'], lan?: PassLan) {
    this.#schoolId = schoolId;
    this.#memory = memory;
    this.#lan = lan;
    lan?.join(this);
  }

  /** With each heartbeat. */
  hear(facts: HeardPassFacts): void {
    const { passKeys, revokedPasses, ...rest } = facts;
    this.#memory.save({ ...this.#kept(), facts: { ...rest, passKeys: [...passKeys], revokedPasses: [...revokedPasses] } });
  }

  /** What another till of the hall took. */
  learn(taken: TakenPass): void {
    const kept = this.#kept();
    this.#memory.save({ ...kept, taken: [...kept.taken, taken] });
  }

  /** A pass that is accepted is used up here and in the hall before the goods are handed out. */
  verify(digits: string, sale: OfflineSale): PassVerdict {
    const pass = readDigits(digits.replace(/\s/g, ''));
    if (pass === undefined) return refuse('pass.malformed');
    const refusal = this.#refusal(pass, sale);
    if (refusal !== undefined) return refuse(refusal);
    const { envelope, index, validUntil } = pass;
    const taken = { envelope, index, amountFen: sale.amountFen, validUntil };
    const kept = this.#kept();
    this.#memory.save({ ...kept, taken: [...kept.taken.filter((one) => one.validUntil >= sale.occurredAt), taken] });
    this.#lan?.tell(this, taken);
    const { schoolId, terminal, sequence, amountFen, occurredAt } = sale;
    const body = JSON.stringify({ schoolId, terminal, sequence, kind: 'charge-pass', amountFen, occurredAt, pass: pass.digits });
    return { accepted: true, upload: { key: `${envelope}-${index}`, path: '/terminal/passes', body } };
  }

  #refusal(pass: ReadPass, { amountFen, occurredAt }: OfflineSale): ErrorCode | undefined {
    const { facts, taken } = this.#kept();
    if (!facts.takesPasses) return 'pass.not-offered';
    if (pass.school !== createHash('sha256').update(this.#schoolId).digest('hex').slice(0, 8)) return 'pass.other-school';
    const key = facts.passKeys.find(({ keyId }) => keyId === pass.keyId);
    if (key === undefined || !isSigned(this.#schoolId, pass, key.publicKey)) return 'pass.forged';
    if (pass.epoch < facts.revocationEpoch || facts.revokedPasses.includes(pass.envelope)) return 'pass.revoked';
    if (occurredAt < pass.validFrom) return 'pass.not-yet-valid';
    if (occurredAt > pass.validUntil) return 'pass.expired';
    const ofEnvelope = taken.filter(({ envelope }) => envelope === pass.envelope);
    if (ofEnvelope.some(({ index }) => index === pass.index)) return 'pass.used';
    const before = ofEnvelope.reduce((total, one) => total + one.amountFen, 0);
    return amountFen > pass.ceilingFen || before + amountFen > pass.envelopeFen ? 'pass.over-ceiling' : undefined;
  }

  #kept(): v.InferOutput<typeof memorySchema> {
    const kept = this.#memory.load();
    return kept === undefined || kept === null ? NOTHING : v.parse(memorySchema, kept);
  }
}

type ReadPass = NonNullable<ReturnType<typeof readDigits>>;

/** 93, then 224 digits of one number: 93 bytes, big-endian. */
function readDigits(digits: string) {
  if (!/^93\d{224}$/.test(digits)) return undefined;
  const hex = BigInt(digits.slice(2)).toString(16).padStart(186, '0');
  const bytes = Buffer.from(hex, 'hex');
  if (hex.length !== 186 || bytes[0] !== 1) return undefined;
  const validFrom = bytes.readUInt32BE(14) * 1_000;
  return {
    digits,
    facts: bytes.subarray(0, 29),
    signature: bytes.subarray(29),
    school: bytes.toString('hex', 1, 5),
    envelope: bytes.readBigUInt64BE(5).toString().padStart(18, '0'),
    index: bytes.readUInt8(13),
    validFrom,
    validUntil: validFrom + bytes.readUInt16BE(18) * 60_000,
    ceilingFen: bytes.readUIntBE(20, 3),
    envelopeFen: bytes.readUIntBE(23, 3),
    keyId: bytes.readUInt8(26),
    epoch: bytes.readUInt16BE(27),
  };
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 public key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function isSigned(schoolId: string, { facts, signature }: ReadPass, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' });
  return verify(null, Buffer.concat([Buffer.from(`ecode-pass-v1\n${schoolId}\n`), facts]), key, signature);
}

function refuse(code: ErrorCode): PassVerdict {
  const { zh, en } = errorTable[code];
  return { accepted: false, code, messageZh: zh, messageEn: en };
}

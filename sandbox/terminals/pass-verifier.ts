import * as v from 'valibot';
import { type ErrorCode, errorTable } from '../../shared/errors';
import type { MachineWorld } from './machine';
import { commonFacts, isPassSigned, readPassDigits, schoolTagOf } from './pass-digits';
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
    const pass = readPass(digits.replace(/\s/g, ''));
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
    if (pass.school !== schoolTagOf(this.#schoolId)) return 'pass.other-school';
    const key = facts.passKeys.find(({ keyId }) => keyId === pass.keyId);
    if (key === undefined || !isPassSigned(this.#schoolId, pass, key.publicKey)) return 'pass.forged';
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

type ReadPass = NonNullable<ReturnType<typeof readPass>>;

function readPass(digits: string) {
  const read = readPassDigits(digits, { prefix: '93', form: 1 });
  if (read === undefined) return undefined;
  const { name: envelope, ...common } = commonFacts(read.facts);
  return { ...read, ...common, envelope, ceilingFen: read.facts.readUIntBE(20, 3), envelopeFen: read.facts.readUIntBE(23, 3) };
}

function refuse(code: ErrorCode): PassVerdict {
  const { zh, en } = errorTable[code];
  return { accepted: false, code, messageZh: zh, messageEn: en };
}

import * as v from 'valibot';
import { fen } from '../../shared/money';
import { type PassFacts, passSerial } from '../../shared/pass-format';
import type { EpochMs } from '../../shared/time';
import type { Envelope } from '../domain/pass-envelope';
import { createRevokedNames } from './revoked-names';
import type { Database, TableWrite } from './table';

/** Which sale a pass paid: permanent, one row a pass, so that a second sale by it is known whenever it is told. */
export interface PassUse {
  readonly schoolId: string;
  readonly envelope: string;
  readonly index: number;
  readonly terminal: number;
  readonly sequence: number;
  readonly accountNo: number;
  readonly n: number;
}

/** Envelopes and the use of their passes. Access patterns: an envelope by its id, one use, the uses of an envelope. */
export interface Passes {
  /** Strongly consistent, as all of these. */
  find(schoolId: string, envelope: string): Promise<Envelope | undefined>;
  row(envelope: Envelope): TableWrite;
  findUse(schoolId: string, pass: Pick<PassFacts, 'envelope' | 'index'>): Promise<PassUse | undefined>;
  /** At most 30, by index. */
  uses(schoolId: string, envelope: string): Promise<readonly PassUse[]>;
  /** The write that uses the pass up; it fails when it is used. */
  usedRow(use: PassUse): TableWrite;
}

const fenSchema = v.pipe(v.number(), v.safeInteger(), v.transform(fen));
const envelopeSchema = v.object({
  schoolId: v.string(),
  envelope: v.string(),
  accountNo: v.number(),
  n: v.number(),
  slot: v.number(),
  bindingId: v.string(),
  tokens: v.number(),
  ceilingFen: fenSchema,
  envelopeFen: fenSchema,
  validFrom: v.number(),
  validUntil: v.number(),
  graceUntil: v.number(),
  keyId: v.number(),
  epoch: v.number(),
});
const useSchema = v.object({
  schoolId: v.string(),
  envelope: v.string(),
  index: v.number(),
  terminal: v.number(),
  sequence: v.number(),
  accountNo: v.number(),
  n: v.number(),
});

function partition(schoolId: string, envelope: string): string {
  return `${schoolId}#PASS#${envelope}`;
}

function keyOfUse(schoolId: string, { envelope, index }: Pick<PassFacts, 'envelope' | 'index'>) {
  return { pk: partition(schoolId, envelope), sk: `USE#${String(index).padStart(3, '0')}` };
}

export function createPasses({ records }: Pick<Database, 'records'>): Passes {
  const key = (schoolId: string, envelope: string) => ({ pk: partition(schoolId, envelope), sk: 'ENVELOPE' });
  return {
    async find(schoolId, envelope) {
      const item = await records.get(key(schoolId, envelope), { consistent: true });
      return item === undefined ? undefined : v.parse(envelopeSchema, item);
    },
    row: (envelope) => ({
      table: 'records',
      write: { put: { ...key(envelope.schoolId, envelope.envelope), ...envelope }, when: { is: 'absent' } },
    }),
    async findUse(schoolId, pass) {
      const item = await records.get(keyOfUse(schoolId, pass), { consistent: true });
      return item === undefined ? undefined : v.parse(useSchema, item);
    },
    async uses(schoolId, envelope) {
      const found = await records.query({
        partition: { name: 'pk', value: partition(schoolId, envelope) },
        sort: { name: 'sk', from: 'USE#', to: 'USE#~' },
        limit: 30,
        consistent: true,
      });
      return found.items.map((item) => v.parse(useSchema, item));
    },
    usedRow: (use) => ({
      table: 'records',
      write: { put: { ...keyOfUse(use.schoolId, use), ...use, serial: passSerial(use) }, when: { is: 'absent' } },
    }),
  };
}

/** Which key signs a school's passes and which were given up; terminals hear of it with their heartbeat. */
export interface PassControl {
  readonly schoolId: string;
  readonly keyId: number;
  /** A till refuses every pass of an earlier epoch. */
  readonly epoch: number;
  /** Raw Ed25519 public keys, base64, oldest first: a few before, the present one and the next. */
  readonly keys: readonly { readonly keyId: number; readonly publicKey: string }[];
  readonly version: number;
}

export interface Revoked {
  readonly schoolId: string;
  readonly envelope: string;
  /** After this no till may take it anyway. */
  readonly until: EpochMs;
}

export interface PassControls {
  /** Strongly consistent. Undefined until the first envelope is opened. */
  find(schoolId: string): Promise<PassControl | undefined>;
  /** Writes the next version; false when somebody else was first. */
  save(next: PassControl): Promise<boolean>;
  revokedRow(revoked: Revoked): TableWrite;
  isRevoked(revoked: Revoked): Promise<boolean>;
  /** Envelopes that tills must not take though their window is open. `more`: there are more than the limit. */
  revoked(schoolId: string, at: EpochMs, limit: number): Promise<{ readonly envelopes: readonly string[]; readonly more: boolean }>;
}

const controlSchema = v.object({
  schoolId: v.string(),
  keyId: v.number(),
  epoch: v.number(),
  keys: v.array(v.object({ keyId: v.number(), publicKey: v.string() })),
  version: v.number(),
});

function controlKey(schoolId: string) {
  return { pk: `${schoolId}#PASS-CONTROL`, sk: 'CONTROL' };
}

export function createPassControls({ records }: Pick<Database, 'records'>): PassControls {
  const given = createRevokedNames({ records }, 'PASS-REVOKED', 'envelope');
  const named = ({ envelope, ...rest }: Revoked) => ({ ...rest, name: envelope });
  return {
    async find(schoolId) {
      const item = await records.get(controlKey(schoolId), { consistent: true });
      return item === undefined ? undefined : v.parse(controlSchema, item);
    },
    async save(next) {
      const when =
        next.version === 1 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: 'version', to: next.version - 1 } as const);
      const keys = next.keys.map((one) => ({ ...one }));
      return (await records.put({ ...controlKey(next.schoolId), ...next, keys }, when)).written;
    },
    revokedRow: (revoked) => given.row(named(revoked)),
    isRevoked: (revoked) => given.has(named(revoked)),
    async revoked(schoolId, at, limit) {
      const { names, more } = await given.list(schoolId, at, limit);
      return { envelopes: names, more };
    },
  };
}

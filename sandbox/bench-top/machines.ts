import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { RulePack } from '../../shared/rule-pack';
import { BENCH_MACHINES, type BenchMachine } from '../local/bench-machines';
import { PIN_KEY_ID } from '../local/environment';
import { type LocalSecrets, terminalKeyOf } from '../local/secrets';
import { createCashMachine } from '../terminals/cash-machine';
import { createKiosk } from '../terminals/kiosk';
import type { Machine, MachineWorld } from '../terminals/machine';
import type { MachineIdentity } from '../terminals/machine-link';
import type { PinKey } from '../terminals/seal-pin';
import { createSettlementPos } from '../terminals/settlement-pos';
import { createWaterController } from '../terminals/water-controller';
import type { HallMachine } from './hall';
import type { Kept } from './kept';

export interface BenchMachinesParts {
  readonly secrets: LocalSecrets;
  readonly packs: readonly RulePack[];
  readonly functionsUrl: string;
  readonly kept: Kept;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: () => number;
}

type Builder = (identity: MachineIdentity, pack: RulePack, world: MachineWorld) => Machine;

const BUILDERS: Readonly<Partial<Record<BenchMachine['kind'], Builder>>> = {
  kiosk: createKiosk,
  'settlement-pos': createSettlementPos,
  'water-controller': createWaterController,
  'cash-machine': createCashMachine,
};

/** What stands in a school's halls, with the keys that were enrolled; what a machine remembers outlives the bench. */
export function benchMachines(parts: BenchMachinesParts): (schoolId: string) => readonly HallMachine[] {
  const { secrets, packs, functionsUrl, kept, fetch, clock } = parts;
  const pinKeys = [publicPinKey(secrets.pinKey)];
  return (schoolId) => {
    const pack = packs.find((one) => one.schoolId === schoolId);
    if (pack === undefined) throw new Error(`no school ${schoolId}`);
    return BENCH_MACHINES.flatMap(({ kind, terminal, name }) => {
      const builder = BUILDERS[kind];
      if (builder === undefined) return [];
      const identity = { schoolId, terminal, key: terminalKeyOf(secrets, schoolId, terminal), pinKeys };
      const world = { fetch, clock, baseUrl: functionsUrl, memory: kept.memory(`machine/${schoolId}/${terminal}`) };
      return [{ terminal, name, machine: builder(identity, pack, world) }];
    });
  };
}

const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** RFC 8410: what the card office enrols with a machine. */
function publicPinKey(privateKey: string): PinKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, Buffer.from(privateKey, 'base64')]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  return { keyId: PIN_KEY_ID, publicKey };
}

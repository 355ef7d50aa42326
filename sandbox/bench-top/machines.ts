import { createPrivateKey, createPublicKey } from 'node:crypto';
import * as v from 'valibot';
import { passFactsSchema } from '../../shared/api/terminal-life';
import type { RulePack } from '../../shared/rule-pack';
import { BENCH_MACHINES, BENCH_TERMINAL, type BenchMachine } from '../local/bench-machines';
import { PIN_KEY_ID } from '../local/environment';
import { type LocalSecrets, terminalKeyOf } from '../local/secrets';
import { createCashMachine } from '../terminals/cash-machine';
import { createGate } from '../terminals/gate';
import { createKiosk } from '../terminals/kiosk';
import type { Machine, MachineWorld } from '../terminals/machine';
import type { MachineIdentity } from '../terminals/machine-link';
import { PassVerifier } from '../terminals/pass-verifier';
import { PosMachine } from '../terminals/pos-machine';
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

type Builder = (identity: MachineIdentity, pack: RulePack, world: MachineWorld, passes: MachineWorld['memory']) => Machine;

const BUILDERS: Readonly<Record<BenchMachine['kind'], Builder>> = {
  kiosk: createKiosk,
  'settlement-pos': createSettlementPos,
  'water-controller': createWaterController,
  'cash-machine': createCashMachine,
  pos: createHallPos,
  gate: createGate,
};

/** Whether a school has machines of that kind at all. */
function has(pack: RulePack, kind: BenchMachine['kind']): boolean {
  if (kind === 'cash-machine') return pack.cashMachine !== undefined;
  return kind === 'settlement-pos' || kind === 'water-controller' ? pack.purses.length > 0 : true;
}

/** What stands in a school's halls, with the keys that were enrolled; what a machine remembers outlives the bench. */
export function benchMachines(parts: BenchMachinesParts): (schoolId: string) => readonly HallMachine[] {
  const { secrets, packs, functionsUrl, kept, fetch, clock } = parts;
  const pinKeys = [publicPinKey(secrets.pinKey)];
  return (schoolId) => {
    const pack = packs.find((one) => one.schoolId === schoolId);
    if (pack === undefined) throw new Error(`no school ${schoolId}`);
    return BENCH_MACHINES.flatMap(({ kind, terminal, name }) => {
      // The till of the page counts its own sequences.
      if (terminal === BENCH_TERMINAL || !has(pack, kind)) return [];
      const identity = { schoolId, terminal, key: terminalKeyOf(secrets, schoolId, terminal), pinKeys };
      const world = { fetch, clock, baseUrl: functionsUrl, memory: kept.memory(`machine/${schoolId}/${terminal}`) };
      return [{ terminal, name, machine: BUILDERS[kind](identity, pack, world, kept.memory(`passes/${schoolId}/${terminal}`)) }];
    });
  };
}

/** Keys of the fixed-price mode. */
const DISHES = [
  { id: 'set', name: { zh: '套餐', en: 'Set meal' }, priceFen: 1_200, prices: { student: 1_000, staff: 1_200, temporary: 1_500 } },
  { id: 'noodles', name: { zh: '面条', en: 'Noodles' }, priceFen: 900 },
  { id: 'rice', name: { zh: '米饭', en: 'Rice' }, priceFen: 50 },
];

/** The tills of a hall share no network of their own, so that one pass can be shown at two. */
function createHallPos(identity: MachineIdentity, pack: RulePack, world: MachineWorld, memory: MachineWorld['memory']): Machine {
  const passes = new PassVerifier(pack.schoolId, memory);
  const [pinKey] = identity.pinKeys;
  return new PosMachine({
    identity: { ...identity, utcOffsetMinutes: pack.utcOffsetMinutes },
    world,
    school: pack.name,
    merchant: { zh: '一食堂', en: 'Canteen 1' },
    dishes: DISHES,
    passes,
    onSettings: (settings) => passes.hear(v.parse(passFactsSchema, settings)),
    ...(pinKey === undefined ? {} : { pinKey }),
  });
}

const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** RFC 8410: what the card office enrols with a machine. */
function publicPinKey(privateKey: string): PinKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, Buffer.from(privateKey, 'base64')]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  return { keyId: PIN_KEY_ID, publicKey };
}

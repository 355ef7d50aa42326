import { initialPasswords } from '../../functions/domain/initial-password';
import { chipKey, deriveSchoolKeys } from '../../functions/domain/school-keys';
import { BENCH_TERMINAL } from '../../sandbox/local/bench-machines';
import { terminalKeyOf } from '../../sandbox/local/secrets';
import type { Stack } from '../../sandbox/local/stack';
import { generatePeople, type Person } from '../../sandbox/roster/people';
import { CardChip } from '../../sandbox/terminals/physical-card';
import { Pos } from '../../sandbox/terminals/pos';

/** One cardholder with what belongs to them, and the till of their school. */
export interface Student {
  readonly schoolId: string;
  readonly person: Person;
  readonly initialPassword: string;
  readonly chip: CardChip;
  /** The newest code that came by text message. */
  smsCode(): Promise<string>;
}

export const CARDHOLDERS = 60;

/** The `nth` student of the school who has a mobile and an ID: each story takes another. */
export function studentOf(stack: Stack, schoolId: string, nth: number): Student {
  const pack = stack.packs.find((each) => each.schoolId === schoolId);
  const able = generatePeople(schoolId, CARDHOLDERS).filter(
    ({ kind, mobile, idTail }) => kind === 'student' && mobile !== '' && idTail !== '',
  );
  const person = able[nth];
  const initialPassword = pack && person && initialPasswords(pack.signIn.initialPassword, person.idTail)[0];
  if (!pack || !person || initialPassword === undefined) throw new Error(`no student ${nth} at ${schoolId}`);
  const keys = deriveSchoolKeys(Buffer.from(stack.secrets.masterKey, 'base64'), schoolId);
  return {
    schoolId,
    person,
    initialPassword,
    chip: new CardChip({ cardNumber: person.cardNumber, chipKey: chipKey(keys, person.cardNumber) }),
    async smsCode() {
      const reply = await fetch(`${stack.sandbox.baseUrl}/sms/inbox?mobile=${person.mobile}`);
      const { messages } = (await reply.json()) as { messages: { code: string }[] };
      const code = messages.at(-1)?.code;
      if (code === undefined) throw new Error('no text message came');
      return code;
    },
  };
}

/** Tills never repeat a sequence, so one is shared by every story of its school on this stack. */
const tills = new Map<string, Pos>();

export function tillOf(stack: Stack, schoolId: string): Pos {
  const key = terminalKeyOf(stack.secrets, schoolId, BENCH_TERMINAL);
  const name = `${stack.functionsUrl}/${schoolId}`;
  const known = tills.get(name);
  if (known) return known;
  let memory: unknown;
  const till = new Pos(
    { schoolId, terminal: BENCH_TERMINAL, key },
    {
      fetch,
      clock: Date.now,
      baseUrl: stack.functionsUrl,
      memory: {
        load: () => memory,
        save: (next) => {
          memory = next;
        },
      },
    },
  );
  tills.set(name, till);
  return till;
}

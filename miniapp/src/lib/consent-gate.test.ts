import { POLICY_DAY } from '../../../shared/privacy-policy';
import { DAY_MS } from '../../../shared/time';
import { type Consent, createConsentGate } from './consent-gate';

function rig(kept: Consent | null = null, hostAsks = false) {
  const state = { kept, shown: [] as boolean[], now: 1_000_000_000_000, hostAsked: 0 };
  const gate = createConsentGate({
    now: () => state.now,
    read: () => state.kept,
    keep: (consent) => {
      state.kept = consent;
    },
    show: (asked) => state.shown.push(asked),
    hostAsks: async () => {
      state.hostAsked += 1;
      return hostAsks;
    },
  });
  return { gate, state };
}
const agreed = (answeredAt = 0): Consent => ({ policyDay: POLICY_DAY, answeredAt, agreed: true });

describe('the privacy consent', () => {
  it('lets nothing pass before the question is answered, asks once for all who wait, and keeps version and time', async () => {
    const { gate, state } = rig();
    const passed: string[] = [];
    const waiting = ['sign-in', 'account', 'place'].map((name) => gate.pass().then(() => passed.push(name)));
    expect([passed, state.shown]).toEqual([[], [true]]);
    gate.answer(true);
    await Promise.all(waiting);
    expect(passed).toHaveLength(3);
    expect(state.shown).toEqual([true, false]);
    expect(state.kept).toEqual({ policyDay: POLICY_DAY, answeredAt: state.now, agreed: true });
    await gate.pass();
    expect(state.shown).toHaveLength(2);
  });

  it('takes no for an answer: a start of the app asks again after two days, a press of theirs at once', async () => {
    const { gate, state } = rig();
    const first = gate.pass();
    gate.answer(false);
    await expect(first).rejects.toMatchObject({ kind: 'no-consent' });
    await expect(gate.pass()).rejects.toMatchObject({ kind: 'no-consent' });
    expect(state.shown).toEqual([true, false]);

    const pressed = gate.pass(true);
    expect(state.shown.at(-1)).toBe(true);
    gate.answer(false);
    await expect(pressed).rejects.toMatchObject({ kind: 'no-consent' });

    state.now += 2 * DAY_MS;
    const later = gate.pass();
    expect(state.shown.at(-1)).toBe(true);
    gate.answer(true);
    await later;
  });

  it('asks again for another version of the policy', async () => {
    const { gate, state } = rig({ ...agreed(), policyDay: '2020-01-01' });
    const passing = gate.pass();
    expect(state.shown).toEqual([true]);
    gate.answer(true);
    await passing;
    expect(state.kept?.policyDay).toBe(POLICY_DAY);
  });

  it('asks again when the host wants its own agreement once more, and the host only once a start', async () => {
    const { gate, state } = rig(agreed(), true);
    const passing = gate.pass();
    await Promise.resolve();
    await Promise.resolve();
    expect(state.shown).toEqual([true]);
    gate.answer(true);
    await passing;
    await gate.pass();
    expect([state.shown.length, state.hostAsked]).toEqual([2, 1]);
  });
});

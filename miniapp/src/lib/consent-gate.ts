import * as v from 'valibot';
import { POLICY_DAY } from '../../../shared/privacy-policy';
import { DAY_MS } from '../../../shared/time';
import { Failure } from '../api/failure';

/** What the person answered to the privacy policy of that day. */
export const consentSchema = v.object({ policyDay: v.string(), answeredAt: v.number(), agreed: v.boolean() });
export type Consent = v.InferOutput<typeof consentSchema>;

/** After a refusal nobody is asked again by a mere start of the app for so long; what they press themselves may ask. */
const LEFT_IN_PEACE_MS = 2 * DAY_MS;

interface Memory {
  readonly now: () => number;
  readonly read: () => Consent | null;
  readonly keep: (consent: Consent) => void;
  /** Shows the question, or takes it away. */
  readonly show: (asked: boolean) => void;
  /** Whether the host wants an agreement of its own. */
  readonly hostAsks: () => Promise<boolean>;
}

export interface ConsentGate {
  /** Rejects with Failure `no-consent`. `byPress`: the person began what needs it, so they may be asked again. */
  readonly pass: (byPress?: boolean) => Promise<void>;
  /** Asks whatever was answered before. */
  readonly ask: () => Promise<void>;
  readonly answer: (agreed: boolean) => void;
}

/**
 * Stands before everything that tells who somebody is: sign-in, location, each request with a session. Several callers
 * share one question.
 */
export function createConsentGate({ now, read, keep, show, hostAsks }: Memory): ConsentGate {
  let settle: ((agreed: boolean) => void) | undefined;
  let asking: Promise<void> | undefined;
  let hostAsked: Promise<boolean> | undefined;

  const ask = (): Promise<void> => {
    asking ??= new Promise<void>((resolve, reject) => {
      settle = (agreed) => {
        asking = undefined;
        settle = undefined;
        hostAsked = Promise.resolve(false);
        keep({ policyDay: POLICY_DAY, answeredAt: now(), agreed });
        show(false);
        if (agreed) resolve();
        else reject(new Failure('no-consent'));
      };
      show(true);
    });
    return asking;
  };

  return {
    ask,
    answer: (agreed) => settle?.(agreed),
    async pass(byPress = false) {
      const consent = read();
      if (consent?.policyDay !== POLICY_DAY) return ask();
      if (!consent.agreed) {
        const age = now() - consent.answeredAt;
        if (byPress || age < 0 || age >= LEFT_IN_PEACE_MS) return ask();
        throw new Failure('no-consent');
      }
      // Kept here, the host may still lack its own: its text changed, or it forgot. It is asked once a start.
      hostAsked ??= hostAsks();
      if (await hostAsked) return ask();
    },
  };
}

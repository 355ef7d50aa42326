import type { SignInReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { startAt } from '../../lib/go';
import { platform } from '../../platform';
import { forgetHolder, setApp, useApp } from '../../state/app-state';

/** What a bind keeps of this app: its name, and that its user agreed to the policy. */
export function ofTheApp() {
  const agreed = useApp.getState().consent;
  const consent = agreed?.agreed === true ? { consent: { policyDay: agreed.policyDay, agreedAt: agreed.answeredAt } } : {};
  return { deviceLabel: platform.deviceLabel(), ...consent };
}

/** The card is bound: whatever was kept of whoever was bound before does not belong to it. */
export function beginWith(bound: NonNullable<SignInReply['bound']>, pack: RulePack): void {
  forgetHolder();
  setApp({ bound, pack });
  startAt('home');
}

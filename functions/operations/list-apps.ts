import type * as v from 'valibot';
import type { appsReply } from '../../shared/api/student';
import type { RulePack } from '../../shared/rule-pack';
import { toIso } from '../../shared/time';
import type { Bindings } from '../store/bindings';
import type { HolderCaller } from './caller';

export interface ListAppsDeps {
  readonly bindings: Pick<Bindings, 'list'>;
  readonly packOf: (schoolId: string) => Promise<RulePack>;
}

/** The apps bound to the caller's account, oldest first. Throws AppError `school.unknown`. */
export async function listApps(deps: ListAppsDeps, { bound }: HolderCaller): Promise<v.InferOutput<typeof appsReply>> {
  const { utcOffsetMinutes } = await deps.packOf(bound.schoolId);
  const bindings = await deps.bindings.list(bound.schoolId, bound.accountNo);
  const apps = bindings.map(({ bindingId, platform, deviceLabel, boundAt, consent }) => ({
    bindingId,
    platform,
    deviceLabel,
    boundAt: toIso(boundAt, utcOffsetMinutes),
    current: bindingId === bound.bindingId,
    ...(consent === undefined ? {} : { consent: { policyDay: consent.policyDay, agreedAt: toIso(consent.agreedAt, utcOffsetMinutes) } }),
  }));
  return { apps };
}

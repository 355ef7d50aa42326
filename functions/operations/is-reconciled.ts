import type { PlatformChannel } from '../domain/order';
import type { Reconciliations } from '../store/reconciliations';

const CHANNELS: readonly PlatformChannel[] = ['wechat-pay', 'alipay'];

/** Whether both platforms' day has its reconciliation for the school, and nothing of it waits for a bill or a person. */
export async function isReconciled(
  deps: { readonly reconciliations: Pick<Reconciliations, 'find'> },
  schoolId: string,
  day: string,
): Promise<boolean> {
  const found = await Promise.all(CHANNELS.map((channel) => deps.reconciliations.find(schoolId, channel, day)));
  return found.every((record) => record?.state === 'balanced' || record?.state === 'healed');
}

import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Counted things; serverless.yml has alarms on some of them. */
export type MetricName =
  | 'Request'
  | 'Refusal'
  | 'InternalError'
  | 'WrongCodeMac'
  | 'WrongPassword'
  | 'WrongPayee'
  | 'AccountLocked'
  | 'IdentityCodeNotSent'
  | 'EntryChanged'
  | 'ReconciliationTrouble'
  | 'ClosingFailed'
  | 'PurseOtherState'
  | 'WriteConflict';

export interface Counter {
  count(name: MetricName, value?: number): void;
  /** Writes what was counted (CloudWatch embedded metric format on stdout). The wrapper calls it after each request. */
  publish(): void;
}

export function createCounter(): Counter {
  const metrics = new Metrics();
  return {
    count: (name, value = 1) => metrics.addMetric(name, MetricUnit.Count, value),
    publish: () => metrics.publishStoredMetrics(),
  };
}

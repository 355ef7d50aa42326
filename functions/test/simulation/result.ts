/** What one world came to. */
export interface SimulationResult {
  readonly operations: number;
  readonly entries: number;
  readonly charges: number;
  readonly fences: number;
  /** Changes with anything that happened: two runs of a seed must agree. */
  readonly digest: string;
}

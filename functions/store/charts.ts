import * as v from 'valibot';
import { type ChartOfAccounts, chartSchema } from '../domain/finance/chart-of-accounts';
import type { Database } from './table';

/** A school's own chart of accounts; vouchers of a day are made by the one in force when they are asked for. */
export interface Charts {
  find(schoolId: string): Promise<ChartOfAccounts | undefined>;
  save(schoolId: string, chart: ChartOfAccounts): Promise<void>;
}

const rowSchema = v.object({ chart: v.pipe(v.string(), v.parseJson(), chartSchema) });

export function createCharts({ records }: Pick<Database, 'records'>): Charts {
  const key = (schoolId: string) => ({ pk: `${schoolId}#CHART`, sk: 'CHART' });
  return {
    async find(schoolId) {
      const item = await records.get(key(schoolId), { consistent: true });
      return item === undefined ? undefined : v.parse(rowSchema, item).chart;
    },
    async save(schoolId, chart) {
      await records.put({ ...key(schoolId), chart: JSON.stringify(chart) });
    },
  };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../../shared/errors';
import { createBackOff } from '../lib/back-off';
import { systemClock } from '../lib/clock';
import { jsonSetting } from '../lib/config';
import type { ConfirmDeps } from '../operations/confirm-order';
import { createDynamoDatabase } from '../store/dynamo-database';
import { createOrders } from '../store/orders';
import { createPassbook } from '../store/passbook';
import type { Database } from '../store/table';
import { createPackCache } from './sale-parts';

/** The platform's own settings as one JSON object each; its adapter's schema says what is in it. */
export const wechatPaySetting = { ECODE_WECHAT_PAY: jsonSetting };
export const alipaySetting = { ECODE_ALIPAY: jsonSetting };

/** What `tableSettings` parse to. */
interface TableConfig {
  readonly PASSBOOK_TABLE: string;
  readonly RECORDS_TABLE: string;
  readonly DYNAMODB_ENDPOINT?: string | undefined;
}

export function createDatabase(config: TableConfig): Database {
  const endpoint = config.DYNAMODB_ENDPOINT;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(endpoint === undefined ? {} : { endpoint }));
  return createDynamoDatabase(client, { passbook: config.PASSBOOK_TABLE, records: config.RECORDS_TABLE });
}

/** What every function needs that turns a platform's word into an entry. No platform's SDK is among it. */
export function createConfirmDeps(database: Database): ConfirmDeps {
  const packAt = createPackCache(database);
  return {
    orders: createOrders(database),
    passbook: createPassbook(database),
    clock: systemClock,
    backOff: createBackOff((delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)), Math.random),
    async packOf(schoolId) {
      const pack = await packAt(schoolId);
      if (pack === undefined) throw new AppError('school.unknown');
      return pack;
    },
  };
}

import * as v from 'valibot';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createAlipayNotices } from '../platforms/alipay/notices';
import { type CallbackWiring, wireCallback } from './callbacks';
import { alipaySetting, createDatabase } from './money-in';

const settings = v.object({ ...tableSettings, ...alipaySetting });

/** Only the half of the adapter that reads: this function bundles no SDK and needs no key that could sign. */
export async function wireAlipayCallback(): Promise<CallbackWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return wireCallback(createDatabase(config), createAlipayNotices(config.ECODE_ALIPAY));
}

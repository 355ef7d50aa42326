import * as v from 'valibot';
import { loadEnvironment, readConfig, tableSettings } from '../lib/config';
import { createWechatPayNotices } from '../platforms/wechat-pay/notices';
import { type CallbackWiring, wireCallback } from './callbacks';
import { createDatabase, wechatPaySetting } from './money-in';

const settings = v.object({ ...tableSettings, ...wechatPaySetting });

/** Only the half of the adapter that reads: this function bundles no SDK and needs no key that could sign. */
export async function wireWechatPayCallback(): Promise<CallbackWiring> {
  const config = readConfig(settings, await loadEnvironment(process.env, fetch));
  return wireCallback(createDatabase(config), createWechatPayNotices(config.ECODE_WECHAT_PAY));
}

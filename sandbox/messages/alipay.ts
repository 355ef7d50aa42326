import * as v from 'valibot';
import { businessFailed, invalidArgument, missingArgument } from '../alipay/refusal';
import type { AlipayRequest } from '../alipay/request';
import type { Surroundings } from '../surroundings';
import { isKnownOpenid, showMessage } from './desk';
import { templateById } from './templates';

const contentSchema = v.object({
  to_open_id: v.optional(v.string()),
  to_user_id: v.optional(v.string()),
  user_template_id: v.pipe(v.string(), v.maxLength(64)),
  page: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
  data: v.pipe(v.string(), v.maxLength(2_048), v.parseJson(), v.record(v.string(), v.object({ value: v.pipe(v.string(), v.nonEmpty()) }))),
});

/** alipay.open.app.mini.templatemessage.send. Apps of today name people by open_id alone. Of the sub codes only USER_TEMPLATE_ILLEGAL is documented; the others are likely names. */
export function sendAlipayMessage(parts: Surroundings, request: AlipayRequest): Record<string, unknown> {
  const read = v.safeParse(contentSchema, request.bizContent);
  if (!read.success) throw invalidArgument('isv.invalid-parameter', `参数无效：${v.getDotPath(read.issues[0]) ?? 'biz_content'}`);
  const { to_open_id: openid, user_template_id: templateId, page, data } = read.output;
  if (openid === undefined) throw missingArgument('isv.missing-parameter', '缺少参数：to_open_id');
  const appId = parts.keys.alipay.miniProgramAppId;
  if (request.appId !== appId || !isKnownOpenid(parts, appId, openid)) throw businessFailed('USER_ID_ILLEGAL', '用户id非法');
  const template = templateById('alipay', templateId);
  if (template === undefined) throw businessFailed('USER_TEMPLATE_ILLEGAL', '模板非法');
  const names = Object.keys(template.fields);
  // Every place of the template, and no other.
  if (names.length !== Object.keys(data).length || names.some((name) => data[name] === undefined))
    throw businessFailed('TEMPLATE_DATA_ILLEGAL', '模板关键词不匹配');
  const shown = Object.fromEntries(names.map((name) => [name, data[name]?.value ?? '']));
  if (!showMessage(parts, { app: 'alipay', openid, templateId, page, data: shown })) throw businessFailed('USER_UNSUBSCRIBE', '用户未订阅');
  return {};
}

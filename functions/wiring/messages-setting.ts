import * as v from 'valibot';
import { jsonSetting } from '../lib/config';

/** Templates of WeChat's and Alipay's messages by app, school and topic (`createTemplates`); absent where nobody is sent one. */
export const messagesSetting = { ECODE_MESSAGES: v.optional(jsonSetting) };

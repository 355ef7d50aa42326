import { jsonResponse, type SandboxResponse } from '../lib/http';

/** A refusal in WeChat Pay's own words: HTTP status, code and message of its error tables. */
export class WechatRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;

  constructor(status: number, code: string, message: string, detail?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  toResponse(): SandboxResponse {
    const detail = this.detail === undefined ? {} : { detail: this.detail };
    return jsonResponse(this.status, { code: this.code, message: this.message, ...detail });
  }
}

/** The vendor's form for a bad field of the body. */
export function badParameter(message: string, field: string, issue: string): WechatRefusal {
  return new WechatRefusal(400, 'PARAM_ERROR', message, { field, location: 'body', issue });
}

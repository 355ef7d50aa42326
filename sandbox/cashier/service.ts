import * as v from 'valibot';
import { jsonResponse, parseJson, type SandboxRequest, type Service, textResponse } from '../lib/http';
import type { CashierDesk, CashierView, Opening } from './cashier';
import { isFault } from './faults';
import { cashierPage } from './page';

const openRequest = v.object({
  platform: v.picklist(['wechat-pay', 'alipay']),
  /** wx.requestPayment's parameters with appId, or {tradeNO}. */
  parameters: v.unknown(),
  person: v.optional(v.string()),
});

const scanRequest = v.object({
  /** What the QR code says. */
  code: v.string(),
  person: v.optional(v.string()),
});

const faultRequest = v.object({
  fault: v.nullable(v.pipe(v.string(), v.check(isFault))),
  attempts: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))),
});

/** POST /open, POST /scan, GET /scan and /page-pay/{id} (pages), GET / (open cashiers), GET /{id} (page; JSON when asked for), POST /{id}/pay, /{id}/cancel, /{id}/fault. */
export function createCashierService(desk: CashierDesk, baseUrl: () => string, codePages: Service, consents: Service): Service {
  function open(request: SandboxRequest) {
    const parsed = v.safeParse(openRequest, parseJson(request.body));
    if (!parsed.success) return jsonResponse(400, { refusal: parsed.issues[0].message });
    const { platform, parameters, person } = parsed.output;
    return openingResponse(platform === 'alipay' ? desk.openAlipay(parameters, person) : desk.openWechat(parameters, person));
  }

  function scan(request: SandboxRequest) {
    const parsed = v.safeParse(scanRequest, parseJson(request.body));
    if (!parsed.success) return jsonResponse(400, { refusal: parsed.issues[0].message });
    return openingResponse(desk.scan(parsed.output.code, parsed.output.person));
  }

  function openingResponse(opening: Opening) {
    if ('refusal' in opening) return jsonResponse(403, opening);
    return jsonResponse(200, { ...opening.cashier, url: `${baseUrl()}/cashier/${opening.cashier.id}` });
  }

  function spoil(id: string, request: SandboxRequest) {
    const parsed = v.safeParse(faultRequest, parseJson(request.body));
    if (!parsed.success) return jsonResponse(400, { refusal: 'unknown fault' });
    const { fault, attempts = null } = parsed.output;
    return viewResponse(desk.spoil(id, fault !== null && isFault(fault) ? { fault, attempts } : null));
  }

  return (request) => {
    if (request.method === 'POST' && request.path === '/open') return open(request);
    if (request.path === '/consent' || request.path.startsWith('/consent/')) {
      return consents({ ...request, path: request.path.slice('/consent'.length) });
    }
    if (request.method === 'POST' && request.path === '/scan') return scan(request);
    if (request.method === 'GET' && /^\/(?:scan$|page-pay\/)/.test(request.path)) return codePages(request);
    if (request.method === 'GET' && request.path === '/') return jsonResponse(200, { cashiers: desk.list() });
    const match = /^\/([^/]+)(?:\/(pay|cancel|fault))?$/.exec(request.path);
    if (!match) return jsonResponse(404, { refusal: 'no such address' });
    const id = match[1] ?? '';
    if (request.method === 'POST' && match[2] === 'pay') return viewResponse(desk.pay(id));
    if (request.method === 'POST' && match[2] === 'cancel') return viewResponse(desk.cancel(id));
    if (request.method === 'POST' && match[2] === 'fault') return spoil(id, request);
    const view = request.method === 'GET' && match[2] === undefined ? desk.view(id) : undefined;
    if (!view || (request.headers.accept ?? '').includes('application/json')) return viewResponse(view);
    return textResponse(200, cashierPage(view), 'text/html; charset=utf-8');
  };
}

function viewResponse(view: CashierView | undefined) {
  return view ? jsonResponse(200, view) : jsonResponse(404, { refusal: 'no such cashier' });
}

import * as v from 'valibot';
import { jsonResponse, parseJson, type SandboxRequest, type Service, textResponse } from '../lib/http';
import type { CashierDesk, CashierView, Opening } from './cashier';
import { cashierPage } from './page';

const openRequest = v.object({
  platform: v.picklist(['wechat-pay', 'alipay']),
  /** wx.requestPayment's parameters with appId, or {tradeNO}. */
  parameters: v.unknown(),
  person: v.optional(v.string()),
});

/** POST /open, GET /{id} (page; JSON when asked for), POST /{id}/pay, POST /{id}/cancel. */
export function createCashierService(desk: CashierDesk, baseUrl: () => string): Service {
  function open(request: SandboxRequest) {
    const parsed = v.safeParse(openRequest, parseJson(request.body));
    if (!parsed.success) return jsonResponse(400, { refusal: parsed.issues[0].message });
    const { platform, parameters, person } = parsed.output;
    const opening: Opening = platform === 'alipay' ? desk.openAlipay(parameters, person) : desk.openWechat(parameters, person);
    if ('refusal' in opening) return jsonResponse(403, opening);
    return jsonResponse(200, { ...opening.cashier, url: `${baseUrl()}/cashier/${opening.cashier.id}` });
  }

  return (request) => {
    if (request.method === 'POST' && request.path === '/open') return open(request);
    const match = /^\/([^/]+)(?:\/(pay|cancel))?$/.exec(request.path);
    if (!match) return jsonResponse(404, { refusal: 'no such address' });
    const id = match[1] ?? '';
    if (request.method === 'POST' && match[2] === 'pay') return viewResponse(desk.pay(id));
    if (request.method === 'POST' && match[2] === 'cancel') return viewResponse(desk.cancel(id));
    const view = request.method === 'GET' && match[2] === undefined ? desk.view(id) : undefined;
    if (!view || (request.headers.accept ?? '').includes('application/json')) return viewResponse(view);
    return textResponse(200, cashierPage(view), 'text/html; charset=utf-8');
  };
}

function viewResponse(view: CashierView | undefined) {
  return view ? jsonResponse(200, view) : jsonResponse(404, { refusal: 'no such cashier' });
}

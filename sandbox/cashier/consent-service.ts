import * as v from 'valibot';
import {
  jsonResponse,
  parseJson,
  redirectResponse,
  type SandboxRequest,
  type SandboxResponse,
  type Service,
  textResponse,
} from '../lib/http';
import type { ConsentDesk, ConsentOpening, ConsentView } from './consent';
import { consentPage } from './consent-page';

const openRequest = v.object({
  platform: v.picklist(['wechat-pay', 'alipay']),
  /** {presign_token} or {signStr}. */
  parameters: v.unknown(),
  person: v.optional(v.string()),
});

/** Below /cashier/consent: POST / opens one, GET /{id} shows it (JSON by Accept), POST /{id}/agree and /{id}/refuse end it. */
export function createConsentService(desk: ConsentDesk, baseUrl: () => string): Service {
  function open(request: SandboxRequest): SandboxResponse {
    const parsed = v.safeParse(openRequest, parseJson(request.body));
    if (!parsed.success) return jsonResponse(400, { refusal: parsed.issues[0].message });
    const { platform, parameters, person } = parsed.output;
    const opening: ConsentOpening = platform === 'alipay' ? desk.openAlipay(parameters, person) : desk.openWechat(parameters, person);
    if ('refusal' in opening) return jsonResponse(403, opening);
    return jsonResponse(200, { ...opening.consent, url: `${baseUrl()}/cashier/consent/${opening.consent.id}` });
  }

  return (request) => {
    if (request.method === 'POST' && request.path === '') return open(request);
    const browser = /^\/alipay\/([^/]+)$/.exec(request.path);
    if (browser && request.method === 'GET') {
      const opening = desk.openAgreement(decodeURIComponent(browser[1] ?? ''), undefined);
      return 'refusal' in opening ? textResponse(200, opening.refusal) : redirectResponse(`../${opening.consent.id}`);
    }
    const match = /^\/([^/]+)(?:\/(agree|refuse))?$/.exec(request.path);
    const id = match?.[1] ?? '';
    if (request.method === 'POST' && match?.[2]) return viewResponse(desk.answer(id, match[2] === 'agree' ? 'agreed' : 'refused'));
    const view = request.method === 'GET' && !match?.[2] ? desk.view(id) : undefined;
    if (!view || (request.headers.accept ?? '').includes('application/json')) return viewResponse(view);
    return textResponse(200, consentPage(view), 'text/html; charset=utf-8');
  };
}

function viewResponse(view: ConsentView | undefined): SandboxResponse {
  return view ? jsonResponse(200, view) : jsonResponse(404, { refusal: 'no such consent' });
}

import { escapeHtml } from '../cashier/page';
import { redirectResponse, type SandboxRequest, type SandboxResponse, type Service, textResponse } from '../lib/http';
import { personOf } from '../login/redirect';
import type { Person } from '../state';
import type { Surroundings } from '../surroundings';
import { CORPS, type CorpFace, contactsOf, corpFace } from './corps';
import { followCorp, memberOf } from './members';

/**
 * WeChat Work on somebody's phone, as far as the guides walk through it: the contacts (通讯录), a school's QR code to follow it by, and the
 * school itself with what its console lists. The card opens as the browser build in WeChat Work's web view.
 */
export function createWecomPages(parts: Surroundings): Service {
  return (request) => {
    const person = personOf(parts, 'wecom', request);
    if (person === undefined)
      return page('企业微信', '<p id="nobody">这部手机上没有登录企业微信 · Nobody is signed in on this phone</p>', 404);
    const [, area = '', schoolId = ''] = request.path.split('/');
    if (area === '') return contactsPage(parts, person);
    const corp = corpFace(schoolId);
    if (corp === undefined) return textResponse(404, '');
    if (area === 'follow') return request.method === 'POST' ? follow(parts, person, { corp, request }) : followPage(corp);
    if (area === 'schools') return schoolPage(parts, person, corp);
    return textResponse(404, '');
  };
}

function contactsPage(parts: Surroundings, person: Person): SandboxResponse {
  const followed = CORPS.filter(({ schoolId }) => memberOf(parts, schoolId, person.id) !== undefined);
  const others = CORPS.filter((corp) => !followed.includes(corp));
  const rows = followed.map((corp) =>
    row({ id: `corp-${corp.schoolId}`, href: `./schools/${corp.schoolId}`, title: corp.name, sub: '企业号' }),
  );
  const codes = others.map((corp) =>
    row({ id: `qr-${corp.schoolId}`, href: `./follow/${corp.schoolId}`, title: `扫一扫：${corp.name}`, sub: '企业号二维码' }),
  );
  const list = rows.length > 0 ? rows.join('') : '<p id="contacts-empty">还没有关注任何企业号</p>';
  return page('通讯录', `<h2>企业号</h2><div id="contacts">${list}</div>${codes.length > 0 ? `<h2>添加</h2>${codes.join('')}` : ''}`);
}

function followPage(corp: CorpFace, problem = ''): SandboxResponse {
  return page(
    corp.name,
    `<p>仅对有学工号的师生开放。<br>Open only to people with a student or staff number.</p>
<form method="post"><label for="mobile">企业微信绑定的手机号 · Mobile of this WeChat Work</label>
<input id="mobile" name="mobile" inputmode="numeric" autocomplete="tel" required><button id="follow">关注 · Follow</button></form>${problem}`,
    problem === '' ? 200 : 403,
  );
}

function follow(parts: Surroundings, person: Person, { corp, request }: { corp: CorpFace; request: SandboxRequest }): SandboxResponse {
  const mobile = new URLSearchParams(request.body.toString('utf8')).get('mobile')?.trim() ?? '';
  const member = followCorp(parts, { person: person.id, schoolId: corp.schoolId, mobile });
  if (member !== undefined) return redirectResponse('../');
  return followPage(
    corp,
    `<p id="follow-refused" role="alert">${escapeHtml(corp.name)}企业微信仅对有学工号的师生开放，通讯录中没有您。<br>${escapeHtml(corp.nameEn)} is open only to people with a student or staff number; you are not among its contacts.</p>`,
  );
}

/** The console of the school opens the app with its own name, so that the app knows whose WeChat Work it is in. */
function schoolPage(parts: Surroundings, person: Person, corp: CorpFace): SandboxResponse {
  const member = memberOf(parts, corp.schoolId, person.id);
  const contact = contactsOf(corp.schoolId).find(({ number }) => number === member);
  if (contact === undefined) return redirectResponse(`../follow/${corp.schoolId}`);
  // Served by the front door, beside this page.
  const app = `/phone/wecom/?school=${corp.schoolId}&sandbox_person=${encodeURIComponent(person.id)}`;
  const helper = `${app}#/packages/entry/pages/identity/index?school=${corp.schoolId}`;
  return page(
    corp.name,
    `<p>${escapeHtml(contact.name)} · ${escapeHtml(contact.number)}</p>${row({ id: 'helper', href: helper, title: '企业小助手', sub: '身份验证' })}${row({ id: 'card', href: app, title: corp.module, sub: '打开' })}`,
  );
}

function row({
  id,
  href,
  title,
  sub,
}: {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  readonly sub: string;
}): string {
  return `<a class="row" id="${id}" href="${escapeHtml(href)}"><b>${escapeHtml(title)}</b><small>${escapeHtml(sub)}</small></a>`;
}

function page(title: string, body: string, status = 200): SandboxResponse {
  const html = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)} · 企业微信（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f2f3f5;color:#191919}
header{padding:14px 20px;background:#2a5caa;color:#fff}header small{color:#dfe8f7}h1{margin:0;font-size:18px}
main{max-width:480px;margin:0 auto;padding:12px 16px}h2{margin:16px 0 8px;font-size:14px;font-weight:400;color:#5f6368}
.row{display:flex;justify-content:space-between;align-items:center;gap:12px;min-height:56px;padding:0 16px;margin-bottom:8px;border-radius:8px;background:#fff;color:inherit;text-decoration:none}
.row small,label{color:#5f6368}form{padding:16px;border-radius:8px;background:#fff}label{display:block}
input{box-sizing:border-box;width:100%;min-height:44px;margin:8px 0;padding:0 12px;border:1px solid #8a8f96;border-radius:8px;font:inherit}
button{width:100%;min-height:48px;border:0;border-radius:8px;background:#2a5caa;color:#fff;font:inherit;cursor:pointer}
[role=alert]{padding:12px 16px;border-radius:8px;background:#fdeceb;color:#8c1d18}
</style></head><body><header><h1>${escapeHtml(title)}</h1><small>企业微信 · 沙箱</small></header><main>${body}</main></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: html };
}

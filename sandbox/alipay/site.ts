import { escapeHtml } from '../cashier/page';
import { type SandboxRequest, type Service, textResponse } from '../lib/http';
import { findPerson } from '../login/persons';
import type { Surroundings } from '../surroundings';

/** Of the page to which the entry leads, seen from behind the door that mounts this site at /sandbox/alipay-site/. */
const CAMPUS_CARD = '../../computer/#/packages/computer/pages/school/index';

/**
 * Alipay's site for computers as far as the manual walks through it: 官网 → 登录 → 应用中心 → 公益教育 → 校园一卡通. Any password opens it, and
 * the address says who is in, because the site plays a way and proves nothing: the page behind it asks for no login.
 */
export function createAlipaySite(parts: Surroundings): Service {
  return (request) => {
    const person = findPerson(parts, new URLSearchParams(request.query).get('person') ?? '');
    const body = bodyOf(request, person);
    return body === undefined ? textResponse(404, '页面不存在') : textResponse(200, body, 'text/html; charset=utf-8');
  };

  function bodyOf({ path }: SandboxRequest, person: { readonly id: string; readonly name: string } | undefined): string | undefined {
    if (path === '/') return page('支付宝官网', '<p>你好，欢迎来到支付宝。</p><p><a id="login" class="button" href="login">登录</a></p>');
    if (path === '/login') return page('登录', loginForm(Object.values(parts.state.persons)));
    // Whoever is not in is sent to the door.
    if (person === undefined) return page('登录', loginForm(Object.values(parts.state.persons)));
    const query = `?person=${encodeURIComponent(person.id)}`;
    const top = `<p>${escapeHtml(person.name)} · <a id="app-center" href="apps${query}">应用中心</a></p>`;
    if (path === '/home') return page('我的支付宝', top);
    if (path === '/apps') {
      return page('应用中心', `${top}<ul><li>生活服务</li><li><a id="education" href="education${query}">公益教育</a></li></ul>`);
    }
    if (path === '/education') {
      return page('公益教育', `${top}<ul><li><a id="campus-card" href="${CAMPUS_CARD}">校园一卡通</a></li></ul>`);
    }
    return undefined;
  }
}

function loginForm(persons: readonly { readonly id: string; readonly name: string }[]): string {
  const options = persons.map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`).join('');
  return `<form action="home"><p><label for="person">账户</label><select id="person" name="person">${options}</select></p>
<p><label for="password">登录密码（沙箱：任意）</label><input id="password" type="password" autocomplete="off" required></p>
<p><button id="enter" class="button">登录</button></p></form>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} - 支付宝（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f5f5f5;color:#191919}
header{background:#1677ff;color:#fff;padding:16px 32px}
main{max-width:720px;margin:0 auto;padding:32px 24px}h1{font-size:22px}a{color:#0958d9}li{padding:8px 0}
label{display:block}select,input{min-height:40px;min-width:240px;font:inherit}
.button{display:inline-block;border:0;border-radius:6px;padding:8px 24px;background:#0958d9;color:#fff;font:inherit;text-decoration:none;cursor:pointer}
</style></head><body><header>支付宝（沙箱）</header><main><h1>${title}</h1>${body}</main></body></html>`;
}

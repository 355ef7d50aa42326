import type { SandboxResponse } from '../lib/http';

/** The school's own page: account and password go to the school and to nobody else. */
export function loginPage({ password, isWrong = false }: { readonly password: string; readonly isWrong?: boolean }): SandboxResponse {
  const html = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>jAccount 统一身份认证（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f5f5f5;color:#191919}
main{max-width:360px;margin:0 auto;padding:40px 24px}h1{font-size:22px;margin:0}small{color:#5f6368}
form{margin-top:24px}label{display:block;margin-top:12px}
input{box-sizing:border-box;width:100%;min-height:44px;padding:0 12px;border:1px solid #8a8f96;border-radius:8px;font:inherit;background:#fff}
button{display:block;width:100%;min-height:48px;margin-top:16px;border:0;border-radius:8px;font:inherit;cursor:pointer;background:#fff;color:#191919}
#sso-submit{background:#9b1c20;color:#fff}[role=alert]{color:#8c1d18}
</style></head><body><main><h1>jAccount</h1><small>上海交通大学统一身份认证 · 沙箱</small>
<form method="post">
<label for="sso-account">账号 · Account</label><input id="sso-account" name="account" autocomplete="username" required>
<label for="sso-password">密码 · Password</label><input id="sso-password" name="password" type="password" autocomplete="current-password" required>
${isWrong ? '<p id="sso-wrong" role="alert">账号或密码不正确 · Wrong account or password</p>' : ''}
<button id="sso-submit">登录 · Sign in</button>
</form><form method="post"><button id="sso-cancel" name="cancel" value="1">取消 · Cancel</button></form>
<p><small>沙箱：账号是学工号，密码都是 ${password}</small></p></main></body></html>`;
  return { status: isWrong ? 401 : 200, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: html };
}

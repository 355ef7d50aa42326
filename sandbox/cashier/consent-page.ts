import type { ConsentView } from './consent';
import { escapeHtml } from './page';

/** The notice that a payer must read before the first deduction, as the platforms show it. */
export function consentPage(view: ConsentView): string {
  const brand = view.platform === 'alipay' ? { name: '支付宝', colour: '#1677ff' } : { name: '微信支付 · 校园轻松付', colour: '#07c160' };
  // JSON inside a script element: "<" must not be able to end it.
  const json = JSON.stringify(view).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>自动扣款签约（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f5f5f5;color:#191919}
main{max-width:360px;margin:0 auto;padding:40px 24px}small{color:#767676}h1{font-size:20px}
dl{background:#fff;border-radius:8px;padding:16px}dt{color:#767676}dd{margin:0 0 8px}
button{display:block;width:100%;min-height:48px;margin:12px 0;border:0;border-radius:8px;font:inherit;cursor:pointer}
#agree{background:${brand.colour};color:#fff}#refuse{background:#fff;color:#191919}
button:disabled{opacity:.5;cursor:default}#outcome{min-height:24px}
</style></head><body><main>
<small>${brand.name} · 沙箱</small><h1>同意商户自动扣款</h1>
<dl><dt>账号</dt><dd>${escapeHtml(view.account)}</dd><dt>协议号</dt><dd>${escapeHtml(view.contractNo)}</dd></dl>
<p>签约后，商户可按约定从您的账户扣款，无需再输入密码。您可以随时解约。</p>
<button id="agree">同意并签约</button><button id="refuse">不同意</button>
<p id="outcome" role="status"></p>
</main><script>
const view = ${json};
const words = { agreed: '签约成功', refused: '未签约', open: '' };
const buttons = document.querySelectorAll('button');
function show(next) {
  document.getElementById('outcome').textContent = words[next.state];
  buttons.forEach((button) => { button.disabled = next.state !== 'open'; });
  if (next.state === 'open') return;
  const message = { type: 'sandbox-consent', view: next };
  if (window.parent !== window) window.parent.postMessage(message, '*');
  if (window.opener) window.opener.postMessage(message, '*');
}
async function press(verb) {
  buttons.forEach((button) => { button.disabled = true; });
  const answer = await fetch('./' + encodeURIComponent(view.id) + '/' + verb, { method: 'POST', body: '{}' });
  show(await answer.json());
}
document.getElementById('agree').onclick = () => press('agree');
document.getElementById('refuse').onclick = () => press('refuse');
show(view);
</script></body></html>`;
}

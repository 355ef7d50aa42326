import { fen, formatYuan } from '../../shared/money';
import type { CashierView } from './cashier';
import { faultApplies, faultTable, isFault } from './faults';

/**
 * The cashier as the payer sees it. Pressing a button posts to the JSON API beside it; the outcome is shown and told to
 * the page that opened or frames this one by postMessage {type: 'sandbox-cashier', view}.
 */
export function cashierPage(view: CashierView): string {
  const wechat = view.platform === 'wechat-pay';
  const brand = wechat ? { name: '微信支付', colour: '#07c160' } : { name: '支付宝', colour: '#1677ff' };
  const chips = Object.entries(faultTable).flatMap(([fault, text]) =>
    isFault(fault) && faultApplies(fault, view.platform)
      ? [`<button class="chip" data-fault="${fault}" title="${escapeHtml(text.en)}">${text.zh}</button>`]
      : [],
  );
  // JSON inside a script element: "<" must not be able to end it.
  const json = JSON.stringify(view).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${brand.name}收银台（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f5f5f5;color:#191919;text-align:center}
main{max-width:360px;margin:0 auto;padding:40px 24px}
small{color:#767676}h1{font-size:40px;margin:8px 0 24px;font-variant-numeric:tabular-nums}
button{display:block;width:100%;min-height:48px;margin:12px 0;border:0;border-radius:8px;font:inherit;cursor:pointer}
#pay{background:${brand.colour};color:#fff}#cancel{background:#fff;color:#191919}
button:disabled{opacity:.5;cursor:default}#outcome{min-height:24px}
details{margin:24px 0}summary{cursor:pointer;color:#767676}
.chip{display:inline-block;width:auto;min-height:44px;margin:4px;padding:0 14px;border:1px dashed #b8b8b8;border-radius:22px;background:#fff;font-size:14px}
.chip[aria-pressed=true]{border:1px solid #b26a00;background:#fff5e6;color:#8a5200}
</style></head><body><main>
<small>${brand.name} · 沙箱</small><p>${escapeHtml(view.title)}</p><h1>¥${formatYuan(fen(view.amountFen))}</h1>
<button id="pay">支付</button><button id="cancel">取消</button>
<p id="outcome" role="status"></p>
<details><summary>让回调出错</summary>${chips.join('')}</details><small>${escapeHtml(view.orderNo)}</small>
</main><script>
const view = ${json};
const words = { paid: '支付成功', cancelled: '已取消', 'not-payable': '订单已支付或已关闭', open: '' };
const buttons = document.querySelectorAll('#pay, #cancel');
const chips = document.querySelectorAll('.chip');
function show(next) {
  document.getElementById('outcome').textContent = words[next.state];
  buttons.forEach((button) => { button.disabled = next.state !== 'open'; });
  chips.forEach((chip) => { chip.setAttribute('aria-pressed', String(chip.dataset.fault === next.fault)); chip.disabled = next.state !== 'open'; });
  if (next.state === 'open') return;
  const message = { type: 'sandbox-cashier', view: next };
  if (window.parent !== window) window.parent.postMessage(message, '*');
  if (window.opener) window.opener.postMessage(message, '*');
}
async function press(verb, value) {
  buttons.forEach((button) => { button.disabled = true; });
  const answer = await fetch('./' + encodeURIComponent(view.id) + '/' + verb, { method: 'POST', body: JSON.stringify(value || {}) });
  show(await answer.json());
}
chips.forEach((chip) => {
  chip.onclick = () => press('fault', { fault: chip.getAttribute('aria-pressed') === 'true' ? null : chip.dataset.fault });
});
document.getElementById('pay').onclick = () => press('pay');
document.getElementById('cancel').onclick = () => press('cancel');
show(view);
</script></body></html>`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

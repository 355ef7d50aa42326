import { fen, formatYuan } from '../../shared/money';
import type { Cashier } from '../state';
import { escapeHtml } from './page';

export interface WaitingCode {
  readonly platform: Cashier['platform'];
  readonly code: string;
  readonly title: string;
  readonly amountFen: number;
}

/** A phone with a scanner: choose who holds it and which code it sees. The cashier opens on the same page. */
export function scanPage(codes: readonly WaitingCode[], persons: readonly { readonly id: string; readonly name: string }[]): string {
  const people = persons.map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`).join('');
  const rows = codes.map(
    ({ platform, code, title, amountFen }) =>
      `<button class="code" data-code="${escapeHtml(code)}"><span>${platform === 'alipay' ? '支付宝' : '微信支付'} · ${escapeHtml(title)}</span><strong>¥${formatYuan(fen(amountFen))}</strong></button>`,
  );
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>扫一扫（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f5f5f5;color:#191919}
main{max-width:420px;margin:0 auto;padding:32px 24px}h1{font-size:20px}
label{display:block;margin:16px 0 4px;color:#5c5c5c}
select,input,button{width:100%;min-height:48px;box-sizing:border-box;border:1px solid #b8b8b8;border-radius:8px;font:inherit;padding:0 12px;background:#fff}
.code{display:flex;justify-content:space-between;align-items:center;gap:12px;margin:8px 0;cursor:pointer;text-align:left}
#scan{justify-content:center;background:#191919;color:#fff}
#outcome{min-height:24px;color:#b3261e}
</style></head><body><main><h1>扫一扫（沙箱）</h1>
<label for="person">谁的手机</label><select id="person">${people}</select>
<label for="text">二维码内容</label><input id="text" autocomplete="off" placeholder="weixin://wxpay/… 或 https://qr.alipay.com/…">
<button id="scan" class="code">扫码</button>
<p id="outcome" role="alert"></p>
<h1>等待付款的二维码</h1>${rows.length === 0 ? '<p>没有</p>' : rows.join('')}
</main><script>
async function scan(code) {
  const person = document.getElementById('person').value;
  const answer = await fetch('./scan', { method: 'POST', body: JSON.stringify({ code, ...(person ? { person } : {}) }) });
  const opened = await answer.json();
  if (answer.ok) location.href = './' + encodeURIComponent(opened.id);
  else document.getElementById('outcome').textContent = opened.refusal;
}
document.getElementById('scan').onclick = () => scan(document.getElementById('text').value.trim());
document.querySelectorAll('[data-code]').forEach((button) => { button.onclick = () => scan(button.dataset.code); });
</script></body></html>`;
}

import { fen, formatYuan } from '../../shared/money';
import { escapeHtml } from './page';

export interface PagePayView {
  readonly subject: string;
  readonly amountFen: number;
  /** What the QR code says. */
  readonly code: string;
  readonly state: 'waiting' | 'paid' | 'closed';
  /** Signed by Alipay; null before payment, and where the merchant gave none. */
  readonly returnUrl: string | null;
}

/** Alipay's cashier on a computer: a code for the phone. It asks every second whether it has been paid, then goes back to the merchant. */
export function pagePayPage(view: PagePayView, qrSvg: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>支付宝收银台（沙箱）</title>
<style>
body{margin:0;font:16px/1.5 -apple-system,"Noto Sans SC","PingFang SC",sans-serif;background:#f5f5f5;color:#191919}
header{background:#1677ff;color:#fff;padding:16px 32px}
main{max-width:720px;margin:0 auto;padding:32px 24px;text-align:center}
.order{display:flex;justify-content:space-between;gap:16px;background:#fff;padding:16px 24px;border-radius:8px;text-align:left}
.order strong{font-size:24px;font-variant-numeric:tabular-nums}
#code svg{width:224px;height:224px;background:#fff;border-radius:8px;margin:24px 0 8px}
small{color:#767676}#outcome{min-height:24px}a{color:#1677ff}
</style></head><body><header>支付宝 · 我的收银台（沙箱）</header><main>
<div class="order"><span>${escapeHtml(view.subject)}</span><strong>¥${formatYuan(fen(view.amountFen))}</strong></div>
<div id="code">${qrSvg}</div>
<p>请使用支付宝，扫描二维码。</p><p><small>支付宝下载 · 如何使用？</small></p><p><small>[请勿泄露二维码]</small></p>
<p id="outcome" role="status"></p>
<p><a href="../scan" target="_blank" rel="noopener">沙箱：用某人的手机扫码</a></p>
</main><script>
const outcome = document.getElementById('outcome');
const words = { waiting: '', paid: '支付成功', closed: '交易已关闭' };
let asking = 0;
async function ask() {
  const answer = await fetch(location.href, { headers: { accept: 'application/json' } });
  const view = await answer.json();
  outcome.textContent = words[view.state];
  if (view.state === 'waiting') return;
  clearInterval(asking);
  document.getElementById('code').hidden = true;
  if (view.returnUrl) location.replace(view.returnUrl);
}
asking = setInterval(() => { ask().catch(() => undefined); }, 1000);
ask().catch(() => undefined);
</script></body></html>`;
}

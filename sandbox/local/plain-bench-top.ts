/** Shown at `/` when no bench top is given: the two phones and the feed, nothing more. */
export function plainBenchTop(): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>校园e码通 · 试验台</title>
<style>body{margin:0;display:flex;gap:16px;padding:16px;background:#ebeeec;font:14px/1.5 sans-serif}iframe{width:375px;height:780px;border:10px solid #111;border-radius:32px;background:#fff}ol{flex:1;overflow:auto;max-height:780px}</style>
</head><body>
<iframe src="/phone/wechat/" title="微信 WeChat"></iframe><iframe src="/phone/alipay/" title="支付宝 Alipay"></iframe><ol id="feed"></ol>
<script>new EventSource('/bench/feed').onmessage = ({ data }) => { const line = document.createElement('li'); line.textContent = data; document.getElementById('feed').prepend(line); };
addEventListener('message', ({ data, origin }) => { if (origin === location.origin && data.type === 'phone-cashier') window.open('/sandbox/cashier/' + data.id, 'cashier', 'width=400,height=600'); });</script>
</body></html>`;
}

import { type Fen, formatYuan, negate } from '../../../shared/money';
import type { Bilingual } from '../../../shared/rule-pack';
import { toIso } from '../../../shared/time';
import type { Settlement } from './settlement';

export interface StatementParties {
  readonly school: Bilingual;
  readonly merchant: Bilingual;
  readonly legalName: string;
  readonly utcOffsetMinutes: number;
}

/** Text as HTML shows it, in an attribute too. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (letter) => names[letter] ?? letter);
}

/** One merchant's statement of a day: a page by itself, on A4 when printed. It loads nothing and runs nothing. */
export function settlementPage(settlement: Settlement, parties: StatementParties): string {
  const { day, merchant, corrections } = settlement;
  const { school, legalName, utcOffsetMinutes } = parties;
  const rows = [
    row({ zh: '消费', en: 'Sales' }, settlement.grossFen, settlement.salesCount),
    row({ zh: '退款与撤销', en: 'Refunds and voids' }, negate(settlement.refundsFen), settlement.refundsCount),
    ...(settlement.adjustmentsFen === 0 ? [] : [row({ zh: '调账', en: 'Adjustments' }, settlement.adjustmentsFen)]),
    ...corrections.map((one) => row({ zh: `补记 ${one.day}`, en: `Found for ${one.day}` }, one.amountFen)),
    row({ zh: `手续费 ${rate(settlement.feeBasisPoints)}`, en: `Fee ${rate(settlement.feeBasisPoints)}` }, negate(settlement.feeFen)),
    row({ zh: '净额', en: 'Net' }, settlement.netFen, undefined, 'sum'),
    ...(settlement.carriedFen === 0 ? [] : [row({ zh: '前期结转', en: 'Carried from earlier days' }, settlement.carriedFen)]),
    row({ zh: '应付金额', en: 'Payable' }, settlement.payableFen, undefined, 'total'),
  ];
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${parties.merchant.zh} ${day} 结算单`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="school">${both(school)}</p>
<h1>商户结算单 <span>Settlement statement</span></h1>
<p class="day">${escapeHtml(day)}</p>
</header>
<dl>
<dt>商户 <span>Merchant</span></dt><dd>${both(parties.merchant)}</dd>
<dt>全称 <span>Legal name</span></dt><dd>${escapeHtml(legalName)}</dd>
<dt>商户号 <span>Number</span></dt><dd class="figure">${merchant}</dd>
</dl>
<table>
<thead><tr><th>项目 <span>Item</span></th><th>笔数 <span>Count</span></th><th>金额（元）<span>Amount, CNY</span></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<footer>
<p>控制总额 <span>Control sum</span> <b class="figure">${grouped(settlement.controlFen)}</b></p>
<p>明细校验 <span>SHA-256 of the lines</span> <code>${escapeHtml(settlement.linesHash)}</code></p>
<p>生成时间 <span>Made</span> <b class="figure">${escapeHtml(toIso(settlement.settledAt, utcOffsetMinutes))}</b></p>
</footer>
</main>
</body>
</html>
`;
}

function row(name: Bilingual, amountFen: Fen, count?: number, kind = ''): string {
  return `<tr class="${kind}"><td>${both(name)}</td><td class="figure">${count ?? ''}</td><td class="figure">${grouped(amountFen)}</td></tr>`;
}

function both({ zh, en }: Bilingual): string {
  return `${escapeHtml(zh)} <span>${escapeHtml(en)}</span>`;
}

/** "57,668.90". */
function grouped(amountFen: Fen): string {
  return formatYuan(amountFen).replace(/\B(?=(\d{3})+\.)/g, ',');
}

/** "0.60%": hundredths of a percent. */
function rate(basisPoints: number): string {
  return `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}%`;
}

const STYLE = `
@page{size:A4;margin:18mm 16mm}
*{box-sizing:border-box}
body{margin:0;background:#eef0f2;color:#1d2733;font:15px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:178mm;margin:10mm auto;padding:16mm;background:#fff;border-radius:3px;box-shadow:0 1px 6px rgba(29,39,51,.12)}
header{border-bottom:2px solid #1d2733;padding-bottom:10px;margin-bottom:22px}
h1{font-size:24px;line-height:1.3;margin:2px 0 0;font-weight:650;letter-spacing:.02em}
span{color:#68737f;font-size:.84em;font-weight:400}
p{margin:0}
.day{font-size:17px;margin-top:4px;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:max-content 1fr;gap:5px 22px;margin:0 0 26px}
dt{color:#414d59}
dd{margin:0}
table{width:100%;border-collapse:collapse}
th{font-weight:600;text-align:left;border-bottom:1px solid #9aa4ae;padding:7px 4px}
td{padding:8px 4px;border-bottom:1px solid #e3e7ea}
th:nth-child(n+2),td:nth-child(n+2){text-align:right}
.figure{font-variant-numeric:tabular-nums}
.sum td{border-top:1px solid #9aa4ae;font-weight:600}
.total td{border-top:2px solid #1d2733;border-bottom:2px solid #1d2733;font-size:18px;font-weight:700}
footer{margin-top:30px;color:#414d59;font-size:12.5px}
code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:11px;overflow-wrap:anywhere}
b{font-weight:600}
@media print{body{background:#fff}main{margin:0;padding:0;max-width:none;box-shadow:none}}
@media (max-width:600px){main{margin:0;padding:20px;border-radius:0}}
`;

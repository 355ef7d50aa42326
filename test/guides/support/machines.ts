import type { Screen } from '../../../sandbox/terminals/machine';
import type { Scene } from './guide';

/** Reading a machine's screen, as somebody who stands before it. */
export const labels = (screen: Screen): readonly string[] => screen.buttons.map(({ label }) => label.zh);

export function line(screen: Screen, label: string): string {
  const found = screen.lines.find((one) => one.label.zh === label);
  if (found === undefined) throw new Error(`the screen ${screen.id} has no line ${label}`);
  return typeof found.value === 'string' ? found.value : found.value.zh;
}

export const fieldsOf = (screen: Screen): readonly (readonly string[])[] => screen.fields.map(({ label, kind }) => [label.zh, kind]);

/** Somebody at a computer tops the card up, and the money waits: by name and number, as a student of that school may be given money. */
export async function giveFromComputer({ stack, student }: Scene, channel: 'wechat-pay' | 'alipay', amountFen: number): Promise<void> {
  const base = `${stack.functionsUrl}/student/money`;
  const { sessionToken } = await answerOf<{ sessionToken: string }>(fetch(`${base}/page-sessions`, { method: 'POST' }));
  const headers = { authorization: `Bearer ${sessionToken}`, 'content-type': 'application/json' };
  const { schoolId, person } = student;
  const requestId = `guide-${channel}-${amountFen}-${student.person.number}-once`;
  const wish = { schoolId, name: person.name, number: person.number, requestId, amountFen, channel, payBy: 'qr', screen: 'computer' };
  const ordered = await answerOf<{ orderNo: string; payParams: { codeUrl: string } }>(
    fetch(`${base}/top-ups-for-others`, { method: 'POST', headers, body: JSON.stringify(wish) }),
  );
  const { cashier } = stack.sandbox.world;
  const opening = cashier.scan(ordered.payParams.codeUrl, undefined);
  if ('refusal' in opening) throw new Error(opening.refusal);
  cashier.pay(opening.cashier.id);
  const end = Date.now() + 30_000;
  for (;;) {
    const { state } = await answerOf<{ state: string }>(fetch(`${base}/top-ups-for-others/${ordered.orderNo}`, { headers }));
    if (state === 'credited') return;
    if (Date.now() > end) throw new Error(`the top-up is still ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The caller names the part of the answer that it looks at. */
async function answerOf<Reply>(asking: Promise<Response>): Promise<Reply> {
  const reply = await asking;
  const body = await reply.json();
  if (!reply.ok) throw new Error(`${reply.url}: ${JSON.stringify(body)}`);
  return body as Reply;
}

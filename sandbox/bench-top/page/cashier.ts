import { ask, byId, element } from './dom';
import { either, onLanguage, word, yuan } from './text';

interface CashierView {
  readonly id: string;
  readonly platform: 'wechat-pay' | 'alipay';
  readonly orderNo: string;
  readonly title: string;
  readonly amountFen: number;
}

interface FaultTexts {
  readonly faults: Readonly<Record<string, { readonly zh: string; readonly en: string }>>;
  readonly switched: { readonly everywhere: { readonly fault: string } | null };
}

const FIRST = ['lost', 'repeated', 'late', 'byte-flipped', 'amount-changed'];

/** The payment platform's cashier: the payer presses 支付 or 取消; a fault holds for every callback from now on. */
export function setUpCashier(): void {
  let open: readonly CashierView[] = [];
  let faults: FaultTexts | undefined;
  let more = false;

  function draw(): void {
    const cashier = open[0];
    byId('cashier').replaceChildren(
      ...(cashier === undefined ? [element('p', { class: 'quiet', text: word('cashierEmpty') })] : [order(cashier)]),
    );
    drawFaults();
  }

  function order({ id, platform, title, amountFen }: CashierView): HTMLElement {
    const platformName = word(platform === 'alipay' ? 'alipay' : 'wechatPay');
    return element('div', { class: 'sum' }, [
      element('div', {}, [
        element('span', { class: 'quiet', text: `${platformName} · ${title}` }),
        element('strong', { text: yuan(amountFen) }),
      ]),
      element('div', { class: 'buttons' }, [
        element('button', { id: 'cashier-cancel', text: word('cancel'), onPress: () => settle(id, 'cancel') }),
        element('button', { id: 'cashier-pay', class: 'pay', text: word('pay'), onPress: () => settle(id, 'pay') }),
      ]),
    ]);
  }

  function drawFaults(): void {
    if (faults === undefined) return;
    const { switched, faults: texts } = faults;
    const on = switched.everywhere?.fault;
    const names = Object.keys(texts).filter((name) => more || FIRST.includes(name) || name === on);
    const chips = names.map((name) => {
      const text = texts[name] ?? { zh: name, en: name };
      const next = name === on ? null : name;
      return element('button', {
        text: either({ zh: text.zh, en: name }),
        title: either(text),
        pressed: name === on,
        onPress: () => spoil(next),
      });
    });
    const unfold = element('button', {
      text: word('more'),
      pressed: more,
      onPress: () => {
        more = !more;
        draw();
      },
    });
    byId('cashier-faults').replaceChildren(...chips, unfold);
  }

  function settle(id: string, press: 'pay' | 'cancel'): void {
    ask(`/sandbox/cashier/${encodeURIComponent(id)}/${press}`, {}).then(refresh, refresh);
  }

  function spoil(fault: string | null): void {
    ask('/sandbox/control/faults', { fault }).then(loadFaults, loadFaults);
  }

  function loadFaults(): void {
    ask<FaultTexts>('/sandbox/control/faults').then((now) => {
      faults = now;
      draw();
    }, draw);
  }

  function refresh(): void {
    ask<{ cashiers: readonly CashierView[] }>('/sandbox/cashier/').then(({ cashiers }) => {
      if (JSON.stringify(cashiers) === JSON.stringify(open)) return;
      open = cashiers;
      draw();
    }, draw);
  }

  onLanguage(draw);
  loadFaults();
  refresh();
  // A phone says when it opens a cashier; one that was opened elsewhere is found by asking.
  addEventListener('message', ({ origin, data }) => {
    if (origin === location.origin && data?.type === 'phone-cashier') refresh();
  });
  setInterval(refresh, 1_500);
}

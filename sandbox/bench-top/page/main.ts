import { setUpCashier } from './cashier';
import { ask, byId } from './dom';
import { setUpFeed } from './feed';
import { setUpFinance } from './finance';
import { setUpHall } from './hall';
import { setUpMorning } from './morning';
import { Phone, type SchoolView } from './phones';
import { onLanguage, switchLanguage, type Word, word } from './text';
import { setUpTill } from './till';

interface Sms {
  readonly text?: string;
}

async function start(): Promise<void> {
  onLanguage(() => {
    for (const each of document.querySelectorAll<HTMLElement>('[data-text]')) {
      // The names in the page's own HTML are keys of the table.
      each.textContent = word(each.dataset.text as Word);
    }
    document.title = word('title');
    byId('language').textContent = word('other');
    byId('start-over').title = word('startOverTitle');
  });
  byId('language').addEventListener('click', switchLanguage);

  const schools = await ask<readonly SchoolView[]>('/bench/schools');
  const phones = [new Phone('wechat', schools, 'shanghaitech'), new Phone('alipay', schools, 'bistu')];
  const renew = (): void => {
    for (const phone of phones) phone.renew();
  };
  byId('start-over').addEventListener('click', () => {
    ask('/bench/new-people', {}).then(renew, renew);
  });
  setUpTill(phones);
  setUpHall(schools, phones);
  setUpCashier();
  const refreshBooks = setUpFinance(setUpMorning(schools));
  const startedAt = Date.now();
  setUpFeed((item) => {
    if (item.source === 'passbook' && item.at >= startedAt) refreshBooks();
    if (item.kind === 'sms/sms.sent' && item.at >= startedAt) showSms(phones);
  });
  const clock = byId('now');
  const tick = (): void => {
    const now = new Date(Date.now() + 8 * 3_600_000).toISOString();
    clock.textContent = `${now.slice(0, 10)} ${now.slice(11, 19)}`;
  };
  tick();
  setInterval(tick, 1_000);
}

/** The bench does not know whose phone rings: the newest message comes down on both. */
function showSms(phones: readonly Phone[]): void {
  ask<readonly Sms[]>('/bench/sms').then(
    (messages) => {
      const text = messages.at(-1)?.text;
      if (text !== undefined) for (const phone of phones) phone.note(`${word('smsTo')} · ${text}`);
    },
    () => undefined,
  );
}

start().catch((error: unknown) => {
  document.body.prepend(String(error));
});

import { Notice } from '../../../../components/states';
import { useText } from '../../../../i18n';

const WORDS = {
  zh: '浏览器里认证的是另一个账号标识：付款码照常可用；要让这些消费出现在交易明细里，请在小程序里再认证一次。',
  en: 'A browser links another account ID: your payment code works as ever, but link once more in the mini-program to see those purchases in your statement.',
};

/** A payer's own code is charged by the mini-program's ID, which the platforms do not give to a page in a browser (record 0016). */
export function BrowserNote() {
  const { lang } = useText();
  return <Notice id="links-browser" text={WORDS[lang]} />;
}

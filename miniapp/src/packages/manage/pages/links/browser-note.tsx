import { Notice } from '../../../../components/states';
import { useText } from '../../../../i18n';
import { WORDS } from './browser-words';

/** A payer's own code is charged by the mini-program's ID, which the platforms do not give to a page in a browser (record 0016). */
export function BrowserNote() {
  const { lang } = useText();
  return <Notice id="links-browser" text={WORDS[lang]} />;
}

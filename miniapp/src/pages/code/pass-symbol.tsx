import { useMemo } from 'react';
import { CodeSymbol } from '../../components/code-symbol';
import { useText } from '../../i18n';
import { qrRows } from '../../lib/qr';

interface Props {
  readonly id: string;
  /** 226 of them: 41 modules a side, small ones for an old scanner, so it is drawn as large as the sheet, whose white is half of the quiet zone. */
  readonly digits: string;
}

/** The QR symbol of an offline pass of either kind. */
export function PassSymbol({ id, digits }: Props) {
  const { t } = useText();
  const modules = useMemo(() => qrRows(digits), [digits]);
  return <CodeSymbol id={id} rows={modules} width={315} height={315} quiet={2} label={t('code.qr-label')} onDrawn={() => undefined} />;
}

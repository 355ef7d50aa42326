import { View } from '@tarojs/components';
import { useMemo, useState } from 'react';
import type { AccountReply } from '../../../../shared/api/student';
import type { RulePack } from '../../../../shared/rule-pack';
import { Button } from '../../components/button';
import { CodeSymbol } from '../../components/code-symbol';
import { Press } from '../../components/press';
import { RadioRow } from '../../components/radio-row';
import { useText } from '../../i18n';
import { groupDigits } from '../../lib/code-book';
import { code128c } from '../../lib/code128';
import { yuan } from '../../lib/money-text';
import { qrRows } from '../../lib/qr';
import { LargeSymbol } from './large-symbol';
import type { ShownCode } from './use-code';

interface Props {
  readonly shown: ShownCode;
  readonly seconds: number;
  readonly identity: boolean;
  readonly source: 'card' | 'wallet';
  readonly onSource: (source: 'card' | 'wallet') => void;
  /** Whether balances are shown. */
  readonly peeking: boolean;
  readonly onPeek: () => void;
  readonly onRenew: () => void;
  readonly onPrepare: () => void;
  readonly account: AccountReply | null;
  readonly pack: RulePack | null;
}

/** The white sheet with both symbols, the digits and what pays. */
export function CodeSheet(props: Props) {
  const { t } = useText();
  const { shown, seconds } = props;
  if (shown.kind === 'drawing') return <View className="code-sheet code-sheet--drawing" />;
  if (shown.kind === 'no-key') {
    return (
      <View className="code-block" id="code-no-key">
        <View className="code-block__text">{t('code.no-key')}</View>
        <Button id="code-retry" kind="tint" size="small" text={t('state.retry')} onPress={props.onPrepare} />
      </View>
    );
  }
  if (shown.kind === 'wait') {
    return (
      <View className="code-block" id="code-wait">
        <View className="code-block__text num">{t('code.wait', { seconds })}</View>
      </View>
    );
  }
  const renewal = t(props.identity ? 'code.refresh-in-identity' : 'code.refresh-in', { seconds });
  return (
    <View className="code-sheet">
      <Symbols digits={shown.digits} />
      <Press id="code-refresh" className="code-sheet__ring num" label={`${renewal} ${t('code.refresh')}`} onPress={props.onRenew}>
        {renewal}
      </Press>
      {props.identity ? <View className="code-sheet__hint sub">{t('code.identity-hint')}</View> : <Sources {...props} />}
    </View>
  );
}

/** Apart from the countdown, so that a second passing redraws no symbol. */
function Symbols({ digits }: { readonly digits: string }) {
  const { t } = useText();
  const bars = useMemo(() => [code128c(digits)], [digits]);
  const modules = useMemo(() => qrRows(digits), [digits]);
  // Digits come with the symbols: half a code on the screen is none.
  const [drawn, setDrawn] = useState({ bars: false, qr: false });
  const [large, setLarge] = useState<'bars' | 'qr'>();
  return (
    <>
      <Press id="code-enlarge-barcode" label={t('code.enlarge-barcode')} onPress={() => setLarge('bars')}>
        <CodeSymbol
          id="code-barcode"
          rows={bars}
          width={311}
          height={72}
          quiet={5}
          label={t('code.barcode-label')}
          onDrawn={() => setDrawn((before) => ({ ...before, bars: true }))}
        />
      </Press>
      {drawn.bars && drawn.qr ? (
        <View id="code-digits" className="code-sheet__digits num">
          {groupDigits(digits)}
        </View>
      ) : (
        <View className="code-sheet__digits" />
      )}
      <Press id="code-enlarge-qr" label={t('code.enlarge-qr')} onPress={() => setLarge('qr')}>
        <CodeSymbol
          id="code-qr"
          rows={modules}
          width={236}
          height={236}
          quiet={2}
          label={t('code.qr-label')}
          onDrawn={() => setDrawn((before) => ({ ...before, qr: true }))}
        />
      </Press>
      {large === undefined ? null : (
        <LargeSymbol of={large} bars={bars} modules={modules} digits={digits} onClose={() => setLarge(undefined)} />
      )}
    </>
  );
}

function Sources({ source, onSource, peeking, onPeek, account, pack }: Props) {
  const { t, b } = useText();
  if (account === null || pack === null) return null;
  // Claimed in the same entry as the purchase, so it counts towards what the card can pay.
  const waiting =
    account.balances.transitFen > 0 && pack.arrival.claimAt.includes('pos')
      ? t('code.with-transit', { label: b(pack.arrival.transitLabel), amount: peeking ? yuan(account.balances.transitFen) : '••••' })
      : undefined;
  return (
    <View className="code-sheet__sources">
      <View className="row">
        <View className="h">{t('code.fund')}</View>
        <Press id="code-peek" className="code-sheet__peek" onPress={onPeek}>
          {t(peeking ? 'code.hide-balance' : 'code.show-balance')}
        </Press>
      </View>
      {pack.codes.funding.map((each) => {
        const closed = each.source === 'wallet' && !account.walletOpen;
        const balance = each.source === 'card' ? account.balances.cardFen : account.balances.walletFen;
        return (
          <RadioRow
            key={each.source}
            id={`code-source-${each.source}`}
            label={b(each.label)}
            hint={closed ? t('home.wallet-soon') : each.source === 'card' ? waiting : undefined}
            chosen={source === each.source}
            disabled={closed}
            onChoose={() => onSource(each.source)}
          >
            {closed ? null : <View className="strong num">{peeking ? yuan(balance) : '¥ ••••'}</View>}
          </RadioRow>
        );
      })}
    </View>
  );
}

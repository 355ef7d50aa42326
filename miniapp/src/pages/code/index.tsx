import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { EntryView } from '../../../../shared/api/common';
import { asFailure, type Failure } from '../../api/failure';
import { Button } from '../../components/button';
import { Choice } from '../../components/choice';
import { Press } from '../../components/press';
import { Screen } from '../../components/screen';
import { Failed, Notice } from '../../components/states';
import { useText } from '../../i18n';
import { go } from '../../lib/go';
import { platform } from '../../platform';
import { serverNow, setApp, useApp } from '../../state/app-state';
import { loadAccount, loadCodeBook, loadIdentityPasses, loadPasses } from '../../state/services';
import { useNow, useVisible } from '../../state/use-ticker';
import { CodeSheet } from './code-sheet';
import { IdentityPassSheet } from './identity-pass-sheet';
import { PaidToast } from './paid-toast';
import { PassSheet } from './pass-sheet';
import { useCharges } from './use-charges';
import { useCode } from './use-code';
import './code.scss';

type Tab = 'identity' | 'pay';

export default function CodeScreen() {
  const { t, b } = useText();
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const haveKeys = useApp((state) => state.codeBook !== null);
  const [tab, setTab] = useState<Tab>(useRouter().params.tab === 'identity' ? 'identity' : 'pay');
  const chosen = useApp((state) => state.payFrom);
  // A wallet that was closed since pays nothing; what an offline phone remembers of one is let stand.
  const source = chosen === 'wallet' && account?.walletOpen === false ? 'card' : chosen;
  /** At a counter others look on: balances show when they are asked for, until the screen is left. */
  const [peeking, setPeeking] = useState(false);
  const [paid, setPaid] = useState<EntryView>();
  const [captured, setCaptured] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [byPass, setByPass] = useState(false);

  const visible = useVisible();
  const now = useNow(serverNow, visible);
  const code = useCode(tab === 'identity' ? 'identity' : source, now, visible);
  const { offline } = useCharges(visible, (entry) => {
    code.markUsed();
    setPaid(entry);
    setCaptured(false);
    platform.buzz();
  });

  const prepare = useCallback(() => {
    setFailure(undefined);
    const { account: known, accountIsLive } = useApp.getState();
    // A password that was changed on another phone is told by no entry: one that is remembered as the initial one may not be so.
    const isKnown = known !== null && (accountIsLive || !known.passwordIsInitial);
    const ready = isKnown ? Promise.resolve(known.schoolId) : loadAccount().then((loaded) => loaded.account.schoolId);
    ready.then((schoolId) => loadCodeBook(schoolId)).catch((reason: unknown) => setFailure(asFailure(reason)));
  }, []);
  useEffect(prepare, [prepare]);
  // Passes for sales are renewed for whoever has asked for them once; without network those on the phone go on.
  useEffect(() => {
    if (useApp.getState().passBook !== null) loadPasses().catch(() => undefined);
    loadIdentityPasses().catch(() => undefined);
  }, []);

  useEffect(() => {
    if (!visible) return;
    let restore: (() => void) | undefined;
    let gone = false;
    platform.brighten(0.95).then(
      (back) => {
        restore = back;
        if (gone) back();
      },
      () => undefined,
    );
    const sleepAgain = platform.keepAwake();
    return () => {
      gone = true;
      restore?.();
      sleepAgain();
    };
  }, [visible]);

  const { renew } = code;
  useEffect(() => {
    if (!visible) return;
    return platform.onCapture(() => {
      setCaptured(true);
      renew();
    });
  }, [visible, renew]);

  const title = pack === null ? t('code.title') : b(tab === 'pay' ? pack.codes.paymentLabel : pack.codes.identityLabel);
  const tabs = useMemo(
    () => [
      { id: 'identity' as const, label: pack === null ? t('code.tab-identity') : b(pack.codes.identityLabel) },
      { id: 'pay' as const, label: pack === null ? t('code.tab-pay') : b(pack.codes.paymentLabel) },
    ],
    [pack, t, b],
  );

  const choose = (next: Tab) => {
    setTab(next);
    setByPass(false);
  };
  const frozen = account?.loss?.codesFrozen === true;
  const mustChange = tab === 'pay' && account !== null && !account.capabilities.showPaymentCode && account.passwordIsInitial;
  const offered = tab === 'pay' ? pack?.passes : pack?.gates?.offline;
  const offersPasses = offered !== undefined && !frozen && !mustChange;
  const body = () => {
    if (frozen) {
      return (
        <View className="code-block" id="code-frozen">
          <Notice tone="bad" text={t('code.frozen')} />
          <Button
            id="code-to-loss"
            kind="tint"
            text={pack === null ? t('loss.title') : b(pack.loss.cancelLabel)}
            onPress={() => go('loss')}
          />
        </View>
      );
    }
    if (mustChange) {
      return (
        <View className="code-block" id="code-need-password">
          <View className="code-block__title">{t('code.need-password')}</View>
          <View className="code-block__text">{t('code.need-password-hint')}</View>
          <Button id="code-to-password" text={t('password.title')} onPress={() => go('password')} />
        </View>
      );
    }
    if (byPass && offersPasses) return tab === 'pay' ? <PassSheet now={now} /> : <IdentityPassSheet now={now} />;
    if (!haveKeys) {
      return (
        <View className="code-block" id="code-no-key">
          {failure === undefined ? (
            <View className="code-block__text">{t('code.preparing')}</View>
          ) : (
            <>
              <View className="code-block__text">{t('code.no-key')}</View>
              <Failed id="code-retry" failure={failure} onRetry={prepare} />
            </>
          )}
        </View>
      );
    }
    return (
      <CodeSheet
        shown={code.shown}
        seconds={code.seconds}
        identity={tab === 'identity'}
        source={source}
        onSource={(payFrom) => setApp({ payFrom })}
        peeking={peeking}
        onPeek={() => setPeeking(!peeking)}
        onRenew={code.renew}
        onPrepare={prepare}
        account={account}
        pack={pack}
      />
    );
  };

  return (
    <Screen title={title} dark>
      <Choice look="bar" idPrefix="code-tab" items={tabs} chosen={tab} onChoose={choose} />
      {body()}
      {offersPasses ? (
        <Press id="code-by-pass" className="code-foot" onPress={() => setByPass(!byPass)}>
          {t(tab === 'pay' ? `pass.${byPass ? 'back' : 'show'}` : `identity-pass.${byPass ? 'back' : 'show'}`)}
        </Press>
      ) : null}
      <View className="code-foot" id={offline ? 'code-offline' : undefined}>
        {captured ? t('code.captured') : offline ? t(tab === 'pay' ? 'code.offline' : 'code.offline-identity') : t('code.warning')}
      </View>
      <PaidToast entry={paid} peeking={peeking} onClose={() => setPaid(undefined)} />
    </Screen>
  );
}

import type { RulePack } from '../../../../../shared/rule-pack';
import type { Failure } from '../../../api/failure';
import { Button } from '../../../components/button';
import { Refusal } from '../../../components/states';
import { go, goTopUp, type ScreenName } from '../../../lib/go';
import { useMoneyText } from '../text';

/** What is to be done first, where a refusal can be helped. */
const FIRST: Readonly<Record<string, { readonly screen: ScreenName; readonly word: 'first.password' | 'first.bind' | 'first.info' }>> = {
  'auth.password-change-required': { screen: 'password', word: 'first.password' },
  'bank.not-bound': { screen: 'bank-card', word: 'first.bind' },
  'bank.binding-ended': { screen: 'bank-card', word: 'first.bind' },
  'wallet.not-open': { screen: 'bank-card', word: 'first.bind' },
  'wallet.info-required': { screen: 'customer-info', word: 'first.info' },
};

/** Why the last press was refused, and the way on from there. */
export function Refused({ id, failure, pack }: { readonly id: string; readonly failure: Failure | undefined; readonly pack: RulePack }) {
  const { b, m } = useMoneyText();
  const first = failure?.code === undefined ? undefined : FIRST[failure.code];
  return (
    <>
      <Refusal id={id} failure={failure} />
      {first === undefined ? null : <Button id={`${id}-first`} kind="tint" text={m(first.word)} onPress={() => go(first.screen)} />}
      {failure?.code === 'payment.insufficient-balance' ? (
        <Button id={`${id}-first`} kind="tint" text={b(pack.topUp.cardLabel)} onPress={() => goTopUp(pack)} />
      ) : null}
    </>
  );
}

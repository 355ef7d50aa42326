import type { ReactNode } from 'react';
import type { AccountReply } from '../../../../../shared/api/student';
import type { RulePack } from '../../../../../shared/rule-pack';
import { Screen } from '../../../components/screen';
import { Failed, Loading } from '../../../components/states';
import { useApp } from '../../../state/app-state';
import { loadAccount } from '../../../state/services';
import { type Loaded, useLoad } from '../../../state/use-load';

export interface Holder {
  readonly account: AccountReply;
  readonly pack: RulePack;
  /** Asks for the balances again. */
  readonly load: Loaded<unknown>;
}

interface Props {
  readonly title: string;
  /** Of the button that asks again. */
  readonly retryId: string;
  readonly children: (holder: Holder) => ReactNode;
}

/** A screen that needs to know whose money it is: what the phone remembers is shown while it is asked for again. */
export function WithAccount({ title, retryId, children }: Props) {
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const load = useLoad(loadAccount, 'account');
  if (account !== null && pack !== null && pack.schoolId === account.schoolId) return <>{children({ account, pack, load })}</>;
  return (
    <Screen title={title}>
      {load.failure === undefined ? <Loading /> : <Failed id={retryId} failure={load.failure} onRetry={load.reload} />}
    </Screen>
  );
}

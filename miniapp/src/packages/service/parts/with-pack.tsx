import type { ReactNode } from 'react';
import type { RulePack } from '../../../../../shared/rule-pack';
import { Screen } from '../../../components/screen';
import { Failed, Loading } from '../../../components/states';
import { useApp } from '../../../state/app-state';
import { loadAccount } from '../../../state/services';
import { useLoad } from '../../../state/use-load';

interface Props {
  readonly id: string;
  /** Until the school's own word is known. */
  readonly title: string;
  readonly children: (pack: RulePack) => ReactNode;
}

/** What the school says is on the phone once it was heard, so these screens need no network afterwards. */
export function WithPack({ id, title, children }: Props) {
  const pack = useApp((state) => state.pack);
  return pack === null ? <AskForPack id={id} title={title} /> : children(pack);
}

function AskForPack({ id, title }: Pick<Props, 'id' | 'title'>) {
  const load = useLoad(loadAccount, 'pack');
  return (
    <Screen title={title}>
      {load.failure === undefined ? <Loading rows={4} /> : <Failed id={`${id}-retry`} failure={load.failure} onRetry={load.reload} />}
    </Screen>
  );
}

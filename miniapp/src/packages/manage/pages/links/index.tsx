import { View } from '@tarojs/components';
import { useState } from 'react';
import type { LinkTarget } from '../../../../api/student-api';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { linkHere } from '../../../../lib/channels';
import { platform } from '../../../../platform';
import { changeAccount, useApp } from '../../../../state/app-state';
import { api, loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useManageText } from '../../text';
import { BrowserNote } from './browser-note';
import './links.scss';

const TARGETS: readonly LinkTarget[] = ['wechat', 'alipay'];

/** 微信认证 only inside WeChat, 支付宝认证 only inside Alipay: each links the identity that is signed in here. */
export default function Links() {
  const { b, m } = useManageText();
  const account = useApp((state) => state.account);
  const pack = useApp((state) => state.pack);
  const load = useLoad(loadAccount, 'account');
  const here = linkHere(platform.container());
  const [undoing, setUndoing] = useState<LinkTarget>();
  const [linked, setLinked] = useState(false);

  const link = useAction<LinkTarget>(async (target) => {
    changeAccount({ links: await api.link(target) });
    setLinked(true);
  });
  const unlink = useAction<LinkTarget>(async (target) => {
    changeAccount({ links: await api.unlink(target) });
    setLinked(false);
    setUndoing(undefined);
  });

  if (account === null || pack === null) {
    return (
      <Screen title={m('links.title')}>
        {load.failure === undefined ? <Loading /> : <Failed id="links-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  const labels = { wechat: b(pack.linking.wechatLabel), alipay: b(pack.linking.alipayLabel) };
  return (
    <Screen title={m('links.title')}>
      <View className="links__lead">{m('links.lead')}</View>
      <Card>
        {TARGETS.map((target) => {
          const on = account.links[target];
          return (
            <Cell
              key={target}
              id={`link-${target}`}
              icon="link"
              label={labels[target]}
              hint={target === here ? undefined : m(`links.in-${target}`)}
            >
              <View id={`link-${target}-status`} className={on ? 'links__status links__status--on' : 'links__status'}>
                {b(on ? pack.linking.status.linked : pack.linking.status.unlinked)}
              </View>
              {target !== here ? null : on ? (
                <Button id={`link-${target}-undo`} kind="plain" size="small" text={m('links.undo')} onPress={() => setUndoing(target)} />
              ) : (
                <Button id={`link-${target}-do`} size="small" text={m('links.do')} onPress={() => link.run(target)} busy={link.busy} />
              )}
            </Cell>
          );
        })}
      </Card>
      {platform.container().endsWith('-web') ? <BrowserNote /> : null}
      {linked ? <Notice id="links-linked" tone="good" text={m('links.linked')} /> : null}
      <Refusal id="links-failure" failure={link.failure} />
      <Confirm
        id="unlink"
        open={undoing !== undefined}
        title={m('links.undo-title')}
        text={m('links.undo-text', { name: m(undoing === 'alipay' ? 'links.alipay' : 'links.wechat') })}
        yes={m('links.undo')}
        busy={unlink.busy}
        failure={unlink.failure}
        onYes={() => undoing !== undefined && unlink.run(undoing)}
        onClose={() => setUndoing(undefined)}
      />
    </Screen>
  );
}

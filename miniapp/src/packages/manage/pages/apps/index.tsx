import { View } from '@tarojs/components';
import { useState } from 'react';
import type * as v from 'valibot';
import type { appSchema } from '../../../../../../shared/api/student';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Screen } from '../../../../components/screen';
import { Empty, Failed, Loading } from '../../../../components/states';
import { shortInstant } from '../../../../lib/dates';
import { startAt } from '../../../../lib/go';
import { serverNow, useApp } from '../../../../state/app-state';
import { api, forgetSession } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { useManageText } from '../../text';
import './apps.scss';

type BoundApp = v.InferOutput<typeof appSchema>;

export default function Apps() {
  const { m, lang } = useManageText();
  const zone = useApp((state) => state.pack?.utcOffsetMinutes);
  const load = useLoad(async () => (await api.apps()).apps, 'apps');
  const [removing, setRemoving] = useState<BoundApp>();
  const remove = useAction<BoundApp>(async (app) => {
    await api.removeApp(app.bindingId);
    setRemoving(undefined);
    if (app.current) {
      forgetSession();
      startAt('schools');
    } else load.reload();
  });
  return (
    <Screen title={m('apps.title')}>
      <View className="apps__lead">{m('apps.lead')}</View>
      {load.data === undefined ? (
        load.failure === undefined ? (
          <Loading />
        ) : (
          <Failed id="apps-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : load.data.length === 0 ? (
        <Empty icon="phones" text={m('apps.empty')} />
      ) : (
        <Card>
          {load.data.map((app) => (
            <Cell
              key={app.bindingId}
              id={`app-${app.bindingId}`}
              icon="phones"
              label={app.deviceLabel || m(`platform.${app.platform}`)}
              hint={[
                ...(app.current ? [m('apps.current')] : []),
                m(`platform.${app.platform}`),
                shortInstant(app.boundAt, serverNow(), lang, zone),
              ].join(' · ')}
            >
              <Button
                id={app.current ? 'app-remove-current' : `app-remove-${app.bindingId}`}
                kind="plain"
                size="small"
                text={m('apps.remove')}
                onPress={() => {
                  remove.clear();
                  setRemoving(app);
                }}
              />
            </Cell>
          ))}
        </Card>
      )}
      <Confirm
        id="app-remove"
        open={removing !== undefined}
        title={m('apps.remove-title')}
        text={removing?.current ? m('apps.remove-current') : m('apps.remove-text', { name: removing?.deviceLabel ?? '' })}
        yes={m('apps.remove')}
        danger
        busy={remove.busy}
        failure={remove.failure}
        onYes={() => removing !== undefined && remove.run(removing)}
        onClose={() => setRemoving(undefined)}
      />
    </Screen>
  );
}

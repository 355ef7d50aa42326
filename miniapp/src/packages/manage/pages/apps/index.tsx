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
import { useText } from '../../../../i18n';
import { shortInstant } from '../../../../lib/dates';
import { startAt } from '../../../../lib/go';
import { serverNow, useApp } from '../../../../state/app-state';
import { api, forgetSession } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import './apps.scss';

type BoundApp = v.InferOutput<typeof appSchema>;

export default function Apps() {
  const { t, lang } = useText();
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
    <Screen title={t('apps.title')}>
      <View className="apps__lead">{t('apps.lead')}</View>
      {load.data === undefined ? (
        load.failure === undefined ? (
          <Loading />
        ) : (
          <Failed id="apps-retry" failure={load.failure} onRetry={load.reload} />
        )
      ) : load.data.length === 0 ? (
        <Empty icon="phones" text={t('apps.empty')} />
      ) : (
        <Card>
          {load.data.map((app) => (
            <Cell
              key={app.bindingId}
              id={`app-${app.bindingId}`}
              icon="phones"
              label={app.deviceLabel || t(`platform.${app.platform}`)}
              hint={`${t(`platform.${app.platform}`)} · ${shortInstant(app.boundAt, serverNow(), lang, zone)}`}
            >
              {app.current ? <View className="apps__current">{t('apps.current')}</View> : null}
              <Button
                id={app.current ? 'app-remove-current' : `app-remove-${app.bindingId}`}
                kind="plain"
                size="small"
                text={t('apps.remove')}
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
        title={t('apps.remove-title')}
        text={removing?.current ? t('apps.remove-current') : t('apps.remove-text', { name: removing?.deviceLabel ?? '' })}
        yes={t('apps.remove')}
        danger
        busy={remove.busy}
        failure={remove.failure}
        onYes={() => removing !== undefined && remove.run(removing)}
        onClose={() => setRemoving(undefined)}
      />
    </Screen>
  );
}

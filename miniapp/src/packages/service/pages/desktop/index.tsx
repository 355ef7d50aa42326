import { View } from '@tarojs/components';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Notice } from '../../../../components/states';
import { useApp } from '../../../../state/app-state';
import { useLoad } from '../../../../state/use-load';
import { host } from '../../host';
import { desktopSteps } from '../../lib/desktop-steps';
import { Steps } from '../../parts/steps';
import { useServiceText } from '../../text';
import { Menu } from './menu';
import './desktop.scss';

/** 添加到桌面: nothing can add it but the user's own hand in the container's menu, so the screen shows where that is. */
export default function Desktop() {
  const { s, b } = useServiceText();
  const label = useApp((state) => state.pack?.services?.addToDesktop?.label);
  const kept = useLoad(host.isKept, 'kept').data;
  const { steps, hint } = desktopSteps(host.menu);
  return (
    <Screen title={label === undefined ? s('desktop.title') : b(label)}>
      {kept === true ? <Notice id="desktop-added" tone="good" text={s('desktop.added')} /> : null}
      <Card>
        <View className="desktop__lead">{s('desktop.lead')}</View>
        <Menu />
        <View id="desktop-steps">
          <Steps steps={steps.map((step) => s(step))} />
        </View>
      </Card>
      {hint === undefined ? null : (
        <View id="desktop-hint" className="desktop__hint sub">
          {s(hint)}
        </View>
      )}
    </Screen>
  );
}

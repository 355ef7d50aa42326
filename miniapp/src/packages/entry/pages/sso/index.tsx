import { View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Failure, isRefusal } from '../../../../api/failure';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice, Refusal } from '../../../../components/states';
import { addressOf, goInstead, startAt } from '../../../../lib/go';
import { platform } from '../../../../platform';
import type { SsoHost, SsoReturn } from '../../../../platform/contract';
import { api, consent, signInOnce } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { beginWith, ofTheApp } from '../../bound';
import { entryApi } from '../../entry-api';
import { useEntryText } from '../../text';

/** SJ-04: to the school's own sign-in and back; it comes back to this screen. */
export default function Sso() {
  const { e, b } = useEntryText();
  const school = useRouter().params.school ?? '';
  const load = useLoad(async () => {
    await consent.pass(true);
    await signInOnce();
    return (await api.school(school)).pack;
  }, school);
  const [back] = useState(() => platform.sso?.takeReturn());
  const pack = load.data;
  if (pack === undefined) {
    return (
      <Screen title={e('sso.title')}>
        {load.failure === undefined ? <Loading rows={3} /> : <Failed id="sso-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  const label = pack.signIn.campusSsoLabel;
  return (
    <Screen title={label === undefined ? e('sso.title') : b(label)} brand={pack.brand}>
      {platform.sso === undefined ? <NotHere school={school} /> : <Visit host={platform.sso} pack={pack} back={back} />}
    </Screen>
  );
}

/** The same screen of the browser build; undefined where this build was told no address of it. */
function webAddress(school: string): string | undefined {
  return WEB_BASE === '' ? undefined : `${WEB_BASE}#${addressOf('sso', { school })}`;
}

function NotHere({ school }: { readonly school: string }) {
  const { e } = useEntryText();
  const [said, setSaid] = useState<string>();
  const link = webAddress(school);
  return (
    <>
      <Notice id="sso-mini" text={e('sso.mini')} />
      {link === undefined ? null : (
        <Card>
          <View id="sso-link" className="sub">
            {link}
          </View>
        </Card>
      )}
      {said === undefined ? null : <Notice id="sso-said" tone="good" text={said} />}
      {link === undefined ? null : (
        <Button
          id="sso-copy"
          kind="tint"
          text={e('sso.copy')}
          onPress={() => platform.copy(link).then((done) => setSaid(e(done ? 'sso.copied' : 'sso.not-copied')))}
        />
      )}
      <Button id="sso-password" text={e('sso.password')} onPress={() => goInstead('bind', { school })} />
    </>
  );
}

interface VisitProps {
  readonly host: SsoHost;
  readonly pack: RulePack;
  readonly back: SsoReturn | undefined;
}

function Visit({ host, pack, back }: VisitProps) {
  const { e } = useEntryText();
  const begin = useAction(async () => {
    const { url, state } = await entryApi.beginSso({ schoolId: pack.schoolId, returnTo: host.returnTo() });
    host.leave(url, state);
    throw new Failure('leaving');
  });
  const finish = useAction(async (code: { state: string; code: string; issuer?: string }) => {
    try {
      beginWith((await entryApi.bindBySso({ ...code, ...ofTheApp() })).bound, pack);
    } catch (reason) {
      // The answer to an earlier press was lost: the card is bound.
      if (!isRefusal(reason, 'auth.already-bound')) throw reason;
      startAt('home');
    }
  });
  const { run } = finish;
  useEffect(() => {
    if (back?.expected && back.code !== undefined)
      run({ state: back.state, code: back.code, ...(back.issuer === undefined ? {} : { issuer: back.issuer }) });
  }, [back, run]);

  if (finish.busy) return <Notice id="sso-working" tone="good" text={e('sso.working')} />;
  const problem =
    back === undefined ? undefined : !back.expected ? e('sso.unexpected') : back.code === undefined ? e('sso.cancelled') : undefined;
  return (
    <>
      <Card>
        <View id="sso-lead">{e('sso.lead')}</View>
        <View className="sub">{e('sso.after')}</View>
      </Card>
      {problem === undefined ? null : <Notice id="sso-problem" text={problem} />}
      <Refusal id="sso-failure" failure={finish.failure ?? begin.failure} />
      <Button id="sso-go" text={e(back === undefined ? 'sso.go' : 'sso.again')} onPress={() => begin.run()} busy={begin.busy} />
      <Button id="sso-password" kind="plain" text={e('sso.password')} onPress={() => goInstead('bind', { school: pack.schoolId })} />
    </>
  );
}

import { View } from '@tarojs/components';
import { useState } from 'react';
import type { CustomerInfoWish } from '../../../../../../shared/api/wallet';
import type { RulePack } from '../../../../../../shared/rule-pack';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Choice } from '../../../../components/choice';
import { Field } from '../../../../components/field';
import { RadioRow } from '../../../../components/radio-row';
import { Screen } from '../../../../components/screen';
import { Failed, Loading, Notice } from '../../../../components/states';
import { dayOf } from '../../../../lib/dates';
import { goBack } from '../../../../lib/go';
import { typedDay } from '../../../../lib/typed-ids';
import { serverNow } from '../../../../state/app-state';
import { useAction } from '../../../../state/use-action';
import { useLoad } from '../../../../state/use-load';
import { moneyApi } from '../../money-api';
import { Outcome } from '../../parts/outcome';
import { Refused } from '../../parts/refused';
import { WithAccount } from '../../parts/with-account';
import { useMoneyText } from '../../text';

const OCCUPATIONS: readonly CustomerInfoWish['occupation'][] = ['student', 'teacher', 'staff', 'other'];
const GENDERS: readonly CustomerInfoWish['gender'][] = ['male', 'female'];

/** 客户信息补录 (DL-22): what the bank must know before money is withdrawn. It is sent once and never read back. */
export default function CustomerInfo() {
  const { m } = useMoneyText();
  return (
    <WithAccount title={m('info.title')} retryId="info-account-retry">
      {({ pack }) => <CustomerInfoScreen pack={pack} />}
    </WithAccount>
  );
}

function CustomerInfoScreen({ pack }: { readonly pack: RulePack }) {
  const { b, m } = useMoneyText();
  const load = useLoad(moneyApi.customerInfo, 'customer-info');
  const [saved, setSaved] = useState(false);
  const title = pack.wallet.infoLabel === undefined ? m('info.title') : b(pack.wallet.infoLabel);
  if (saved) {
    return (
      <Screen title={title}>
        <Outcome id="info-saved" tone="good" title={m('info.complete')} hint={m('info.saved-hint')} />
        <Button id="info-done" text={m('card.done')} onPress={goBack} />
      </Screen>
    );
  }
  if (load.data === undefined) {
    return (
      <Screen title={title}>
        {load.failure === undefined ? <Loading rows={4} /> : <Failed id="info-retry" failure={load.failure} onRetry={load.reload} />}
      </Screen>
    );
  }
  const { status } = load.data;
  return (
    <Screen title={title}>
      <Notice id="info-status" tone={status === 'complete' ? 'good' : 'warn'} text={m(`info.${status}-text`)} />
      <InfoForm pack={pack} onSaved={() => setSaved(true)} />
    </Screen>
  );
}

function InfoForm({ pack, onSaved }: { readonly pack: RulePack; readonly onSaved: () => void }) {
  const { m } = useMoneyText();
  const [occupation, setOccupation] = useState<CustomerInfoWish['occupation']>('student');
  const [gender, setGender] = useState<CustomerInfoWish['gender']>();
  const [nation, setNation] = useState('CN');
  const [address, setAddress] = useState('');
  const [longTerm, setLongTerm] = useState(false);
  const [dayText, setDayText] = useState('');
  const day = typedDay(dayText);
  const isOver = day !== undefined && day < dayOf(new Date(serverNow()).toISOString(), pack.utcOffsetMinutes);
  const nationality = nation.trim().toUpperCase();
  const ready =
    gender !== undefined && address.trim().length >= 2 && /^[A-Z]{2}$/.test(nationality) && (longTerm || (day !== undefined && !isOver));
  const save = useAction(async () => {
    if (!ready || gender === undefined) return;
    const idExpiresOn = longTerm || day === undefined ? 'long-term' : day;
    await moneyApi.saveCustomerInfo({ occupation, nationality, gender, address: address.trim(), idExpiresOn });
    onSaved();
  });
  return (
    <>
      <Card>
        <View className="h">{m('info.occupation')}</View>
        <Choice
          idPrefix="info-occupation"
          items={OCCUPATIONS.map((id) => ({ id, label: m(`info.${id}`) }))}
          chosen={occupation}
          onChoose={setOccupation}
        />
        <View className="h">{m('info.gender')}</View>
        <Choice idPrefix="info" items={GENDERS.map((id) => ({ id, label: m(`info.${id}`) }))} chosen={gender} onChoose={setGender} />
      </Card>
      <Card>
        <Field id="info-nationality" label={m('info.nationality')} placeholder="CN" value={nation} onChange={setNation} maxLength={4} />
        <Field
          id="info-address"
          label={m('info.address')}
          placeholder={m('info.address-hint')}
          value={address}
          onChange={setAddress}
          maxLength={120}
        />
      </Card>
      <Card>
        <View className="h">{m('info.expires')}</View>
        <RadioRow id="info-until" label={m('info.until')} chosen={!longTerm} onChoose={() => setLongTerm(false)} />
        <RadioRow id="info-long-term" label={m('info.long-term')} chosen={longTerm} onChoose={() => setLongTerm(true)} />
        {longTerm ? null : (
          <Field
            id="info-day"
            label={m('info.day')}
            placeholder={m('info.day-hint')}
            value={dayText}
            onChange={setDayText}
            maxLength={12}
          />
        )}
        {isOver ? <Notice id="info-over" tone="bad" text={m('info.over')} /> : null}
      </Card>
      <View className="sub">{m('info.private')}</View>
      <Refused id="info-failure" failure={save.failure} pack={pack} />
      <Button id="info-save" text={m('info.save')} onPress={() => save.run()} busy={save.busy} disabled={!ready} />
    </>
  );
}

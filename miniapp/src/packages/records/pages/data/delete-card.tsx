import { View } from '@tarojs/components';
import { useState } from 'react';
import type { DeletionBlock, MyDataReply } from '../../../../../../shared/api/my-data';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Confirm } from '../../../../components/confirm';
import { Notice, Refusal } from '../../../../components/states';
import { fullInstant } from '../../../../lib/dates';
import { go } from '../../../../lib/go';
import { yuan } from '../../../../lib/money-text';
import { loadAccount } from '../../../../state/services';
import { useAction } from '../../../../state/use-action';
import { dataApi, type Proofs } from '../../data-api';
import { useWords } from '../../i18n';
import { leadOfBlock } from '../../lib/deletion-blocks';
import { ProofFields } from './proof-fields';

interface Props {
  readonly data: MyDataReply;
  readonly onChange: (data: MyDataReply) => void;
}

/** 注销: what goes and what stays, what stands in the way, the days in which it can be taken back. */
export function DeleteCard({ data, onChange }: Props) {
  const { w } = useWords();
  return (
    <Card className="data">
      <View className="strong">{w('data.delete')}</View>
      {data.deletion !== null ? (
        <Waiting deletion={data.deletion} onChange={onChange} />
      ) : (
        <>
          <View className="sub">{w('data.delete-text', { days: data.coolingOffDays })}</View>
          <View className="sub">{w('data.stays')}</View>
          {data.blocks.length > 0 ? <Blocks blocks={data.blocks} /> : <Ask days={data.coolingOffDays} onChange={onChange} />}
        </>
      )}
    </Card>
  );
}

function Blocks({ blocks }: { readonly blocks: readonly DeletionBlock[] }) {
  const { w } = useWords();
  return (
    <View id="data-blocks">
      <View className="h">{w('data.blocked')}</View>
      {blocks.map(({ code, amountFen }) => {
        const lead = leadOfBlock(code);
        return (
          <Cell
            key={code}
            id={`data-block-${code}`}
            label={w(`data.block-${code}`)}
            {...(amountFen === undefined ? {} : { value: yuan(amountFen) })}
            {...(lead === undefined ? { hint: w('data.block-waits') } : { onPress: () => go(lead) })}
          />
        );
      })}
    </View>
  );
}

function Ask({ days, onChange }: { readonly days: number; readonly onChange: Props['onChange'] }) {
  const { w } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const [proofs, setProofs] = useState<Proofs>();
  const remove = useAction(async () => {
    if (proofs === undefined) return;
    onChange(await dataApi.remove(proofs));
    await loadAccount().catch(() => undefined);
  });
  if (!isOpen) return <Button id="data-delete-open" kind="danger" text={w('data.delete-open')} onPress={() => setOpen(true)} />;
  return (
    <>
      <ProofFields id="data-delete" onChange={setProofs} />
      <Button
        id="data-delete-submit"
        kind="danger"
        text={w('data.delete-open')}
        onPress={() => {
          remove.clear();
          setAsking(true);
        }}
        busy={remove.busy}
        disabled={proofs === undefined}
      />
      <Confirm
        id="data-delete-confirm"
        open={asking}
        title={w('data.delete-title')}
        text={w('data.delete-confirm', { days })}
        yes={w('data.delete-open')}
        danger
        busy={remove.busy}
        failure={remove.failure}
        onYes={() => remove.run()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

function Waiting({
  deletion,
  onChange,
}: {
  readonly deletion: NonNullable<MyDataReply['deletion']>;
  readonly onChange: Props['onChange'];
}) {
  const { w, lang } = useWords();
  const keep = useAction(async () => {
    onChange(await dataApi.keep());
    await loadAccount().catch(() => undefined);
  });
  if (deletion.state === 'erasing') return <Notice id="data-erasing" text={w('data.erasing')} />;
  return (
    <>
      <Notice id="data-waiting" text={w('data.waiting', { time: fullInstant(deletion.eraseFrom, lang) })} />
      <Refusal id="data-keep-failure" failure={keep.failure} />
      <Button id="data-keep" text={w('data.keep')} onPress={() => keep.run()} busy={keep.busy} />
    </>
  );
}

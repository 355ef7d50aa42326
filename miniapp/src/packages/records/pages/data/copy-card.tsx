import { View } from '@tarojs/components';
import { useState } from 'react';
import { Button } from '../../../../components/button';
import { Card } from '../../../../components/card';
import { Cell } from '../../../../components/cell';
import { Notice, Refusal } from '../../../../components/states';
import { go } from '../../../../lib/go';
import { useAction } from '../../../../state/use-action';
import { dataApi, type Proofs } from '../../data-api';
import { host } from '../../host';
import { useWords } from '../../i18n';
import { ProofFields } from './proof-fields';

const FILE = 'my-data.json';

/** A copy of what is kept, by whatever way this phone lets a file leave an app. The passbook leaves month by month, as a table. */
export function CopyCard() {
  const { w } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [proofs, setProofs] = useState<Proofs>();
  const [file, setFile] = useState<string>();
  const [said, setSaid] = useState<{ readonly tone: 'good' | 'warn'; readonly text: string }>();
  const make = useAction(async () => {
    if (proofs !== undefined) setFile(JSON.stringify(await dataApi.copy(proofs), null, 2));
  });
  const handOver = useAction(async () => {
    if (file === undefined) return;
    const done = await host.handOver({ name: FILE, text: file });
    setSaid({
      tone: done ? 'good' : 'warn',
      text: done ? w(host.fileWay === 'send' ? 'export.sent' : 'export.saved', { name: FILE }) : w('export.failed'),
    });
  });
  const copy = useAction(async () => {
    const done = file !== undefined && (await host.copy(file));
    setSaid({ tone: done ? 'good' : 'warn', text: w(done ? 'export.copied' : 'entry.not-copied') });
  });
  return (
    <Card className="data">
      <View className="strong">{w('data.copy')}</View>
      <View className="sub">{w('data.copy-text')}</View>
      <Cell id="data-to-month" icon="list" label={w('data.to-month')} onPress={() => go('month')} />
      {file !== undefined ? (
        <>
          <Notice id="data-copied" tone="good" text={w('data.copy-ready')} />
          {host.fileWay === undefined ? null : (
            <Button id="data-file" text={w(`export.${host.fileWay}`)} onPress={() => handOver.run()} busy={handOver.busy} />
          )}
          <Button id="data-clipboard" kind="tint" text={w('export.copy')} onPress={() => copy.run()} busy={copy.busy} />
          {said === undefined ? null : <Notice id="data-said" tone={said.tone} text={said.text} />}
        </>
      ) : isOpen ? (
        <>
          <ProofFields id="data-copy" onChange={setProofs} />
          <Refusal id="data-copy-failure" failure={make.failure} />
          <Button
            id="data-copy-make"
            text={w('data.copy-make')}
            onPress={() => make.run()}
            busy={make.busy}
            disabled={proofs === undefined}
          />
        </>
      ) : (
        <Button id="data-copy-open" kind="tint" text={w('data.copy-open')} onPress={() => setOpen(true)} />
      )}
    </Card>
  );
}

import { View } from '@tarojs/components';
import { useState } from 'react';
import type { MessageTopic, PhoneMessagesReply } from '../../../../../shared/api/messages';
import { Card } from '../../../components/card';
import { Press } from '../../../components/press';
import { Notice, Refusal } from '../../../components/states';
import { useAction } from '../../../state/use-action';
import { useLoad } from '../../../state/use-load';
import { noticesApi } from '../api';
import { host } from '../host';
import type { AskOutcome } from '../host/contract';
import { useNoticeText } from '../text';
import './switch-row.scss';

/** 微信消息 / 支付宝消息: a line for each topic, whose press asks for one message more. Nothing where this app or school has none. */
export function MessageCard() {
  const load = useLoad(noticesApi.messages, 'phone-messages');
  return host.app === undefined || load.data === undefined || load.data.topics.length === 0 ? null : (
    <Topics first={load.data} app={host.app} />
  );
}

function Topics({ first, app }: { readonly first: PhoneMessagesReply; readonly app: 'wechat' | 'alipay' }) {
  const { n, lang } = useNoticeText();
  const [{ topics }, setKept] = useState(first);
  const [said, setSaid] = useState<AskOutcome>();
  const agree = useAction<MessageTopic>(async (topic) => setKept(await noticesApi.agree({ topic, language: lang })));
  const ask = async (topic: MessageTopic, templateId: string): Promise<void> => {
    setSaid(undefined);
    const outcome = await host.ask(templateId);
    setSaid(outcome);
    if (outcome === 'agreed') agree.run(topic);
  };
  return (
    <Card id="phone-messages">
      <View>{n(`messages.${app}`)}</View>
      <View className="sub">{n('messages.hint')}</View>
      {topics.map(({ topic, templateId, left }) => (
        <Press
          key={topic}
          id={`message-${topic}`}
          className="switch-row"
          sum={`${n(`messages.of.${topic}`)}, ${n('messages.left', { count: left })}`}
          disabled={agree.busy}
          onPress={() => void ask(topic, templateId)}
        >
          <View className="grow">{n(`messages.of.${topic}`)}</View>
          <View id={`message-${topic}-left`} className="sub num">
            {left === 0 ? n('messages.none') : n('messages.left', { count: left })}
          </View>
        </Press>
      ))}
      {said === undefined || said === 'agreed' ? null : <Notice id="messages-said" text={n(`messages.${said}`)} />}
      {agree.failure === undefined ? null : <Refusal id="messages-failure" failure={agree.failure} />}
    </Card>
  );
}

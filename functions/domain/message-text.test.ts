import { topicOf } from '../../shared/api/messages';
import { noticeKindSchema } from '../../shared/api/notices';
import { fen } from '../../shared/money';
import { messageText } from './message-text';

const AT = Date.UTC(2026, 10, 29, 6, 5);
const zh = { language: 'zh', utcOffsetMinutes: 480 } as const;
const en = { language: 'en', utcOffsetMinutes: 480 } as const;

describe('a message', () => {
  it('says what happened, how much, and when by the clock of the school, in the language that was agreed to', () => {
    const notice = { kind: 'large-spend', amountFen: fen(123_450), at: AT } as const;
    expect(messageText(notice, zh)).toEqual({
      what: '校园卡大额消费',
      amount: '¥1234.50',
      time: '2026年11月29日 14:05',
      advice: '点击查看账户通知',
    });
    expect(messageText(notice, en)).toEqual({
      what: 'Large purchase',
      amount: '¥1234.50',
      time: '2026-11-29 14:05',
      advice: 'Open to see notices',
    });
  });

  it.each(noticeKindSchema.options)('of %s has words exactly where it has a topic, and none longer than WeChat shows', (kind) => {
    for (const language of [zh, en]) {
      const text = messageText({ kind, amountFen: fen(1), at: AT }, language);
      expect(text !== undefined).toBe(topicOf(kind) !== undefined);
      for (const part of [text?.what ?? '', text?.advice ?? '']) expect([...part].length).toBeLessThanOrEqual(20);
    }
  });

  it('is not sent of an amount below zero, which a template cannot show', () => {
    expect(messageText({ kind: 'low-balance', amountFen: fen(-1), at: AT }, zh)).toBeUndefined();
    expect(messageText({ kind: 'low-balance', amountFen: fen(0), at: AT }, zh)?.amount).toBe('¥0.00');
  });
});

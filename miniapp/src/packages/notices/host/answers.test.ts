import { alipayAnswer, wechatAnswer, wechatFailure } from './answers';

test.each([
  [{ t1: 'accept', errMsg: 'requestSubscribeMessage:ok' }, 'agreed'],
  [{ t1: 'acceptWithAlert' }, 'agreed'],
  [{ t1: 'reject' }, 'refused'],
  [{ t1: 'ban' }, 'unknown'],
  [{ t2: 'accept' }, 'unknown'],
  [undefined, 'unknown'],
])('WeChat says %j: %s', (said, outcome) => {
  expect(wechatAnswer(said, 't1')).toBe(outcome);
});

test('WeChat’s main switch is told from other failures', () => {
  expect(wechatFailure({ errCode: 20004, errMsg: 'requestSubscribeMessage:fail' })).toBe('off');
  expect(wechatFailure({ errCode: 10005 })).toBe('unknown');
});

test.each([
  [{ behavior: 'subscribe' }, 'agreed'],
  [{ behavior: 'cancel', errorCode: 11 }, 'refused'],
  [{ behavior: 'cancel', refuse: true }, 'off'],
  [{ behavior: '', errorCode: 106008 }, 'unknown'],
  [undefined, 'unknown'],
])('Alipay says %j: %s', (said, outcome) => {
  expect(alipayAnswer(said)).toBe(outcome);
});

import { createAnswerOrder } from './answer-order';

describe('answers to one question asked again and again', () => {
  test('count in the order of asking', () => {
    const order = createAnswerOrder();
    const [first, second] = [order.ask(), order.ask()];
    expect([first(), second()]).toEqual([false, false]);
  });

  test('are late once a later question was answered', () => {
    const order = createAnswerOrder();
    const [first, second] = [order.ask(), order.ask()];
    expect([second(), first()]).toEqual([false, true]);
  });

  test('are late once the phone itself has changed what they tell, and only those then on their way', () => {
    const order = createAnswerOrder();
    const before = order.ask();
    order.changed();
    const after = order.ask();
    expect([before(), after()]).toEqual([true, false]);
  });
});

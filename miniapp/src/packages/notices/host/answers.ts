import type { AskOutcome } from './contract';

type Said = Readonly<Record<string, unknown>>;

const fieldsOf = (said: unknown): Said => (typeof said === 'object' && said !== null ? { ...said } : {});

/** By template: 'accept' and its kin, 'reject', 'ban' (the platform took the template away), 'filter' (another with the same title). */
export function wechatAnswer(said: unknown, templateId: string): AskOutcome {
  const word = fieldsOf(said)[templateId];
  if (word === 'reject') return 'refused';
  return typeof word === 'string' && word.startsWith('accept') ? 'agreed' : 'unknown';
}

/** 20004: messages of this mini-program are switched off in WeChat's settings. */
export function wechatFailure(said: unknown): AskOutcome {
  return fieldsOf(said).errCode === 20004 ? 'off' : 'unknown';
}

/**
 * `behavior` is 'subscribe', 'cancel' or '' for a failure. A refusal for good (`refuse`) asks nothing any more, and only the platform's settings
 * take it back.
 */
export function alipayAnswer(said: unknown): AskOutcome {
  const { behavior, refuse } = fieldsOf(said);
  if (behavior === 'subscribe') return 'agreed';
  if (refuse === true) return 'off';
  return behavior === 'cancel' ? 'refused' : 'unknown';
}

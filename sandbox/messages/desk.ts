import { findPerson, openidOf } from '../login/persons';
import type { Surroundings } from '../surroundings';
import type { SentMessage } from './state';
import { templateById } from './templates';

type App = 'wechat' | 'alipay';
const KEPT = 500;

/** What phones and tests do with messages. */
export interface MessagesDesk {
  /** The person presses 允许 for one-time templates: one more message of each. False for a person or a template that is unknown. */
  agree(wish: { readonly app: App; readonly person: string; readonly templateIds: readonly string[] }): boolean;
  /** The person takes everything back in the platform's own settings. */
  takeBack(wish: { readonly app: App; readonly person: string }): void;
  /** Oldest first. */
  sent(): readonly SentMessage[];
}

export function createMessagesDesk(parts: Surroundings): MessagesDesk {
  const { agreed, sent } = parts.state.messages;
  const openidAt = (app: App, name: string): string | undefined => {
    const person = findPerson(parts, name);
    const appId = app === 'wechat' ? parts.keys.wechatApps.miniProgram.appid : parts.keys.alipay.miniProgramAppId;
    return person && openidOf(parts, person, app, appId);
  };
  return {
    agree({ app, person, templateIds }) {
      const openid = openidAt(app, person);
      if (openid === undefined || templateIds.some((id) => templateById(app, id) === undefined)) return false;
      for (const id of templateIds) {
        const key = agreementKey(app, openid, id);
        agreed[key] = (agreed[key] ?? 0) + 1;
      }
      parts.changed();
      return true;
    },
    takeBack({ app, person }) {
      const openid = openidAt(app, person);
      for (const key of Object.keys(agreed)) if (key.startsWith(`${app}/${openid}/`)) delete agreed[key];
      parts.changed();
    },
    sent: () => sent,
  };
}

function agreementKey(app: App, openid: string, templateId: string): string {
  return `${app}/${openid}/${templateId}`;
}

/** Uses one agreement up and shows the message on the phone; false where there was none. */
export function showMessage(parts: Surroundings, message: Omit<SentMessage, 'at' | 'title'>): boolean {
  const { agreed, sent } = parts.state.messages;
  const key = agreementKey(message.app, message.openid, message.templateId);
  const left = agreed[key] ?? 0;
  if (left === 0) return false;
  agreed[key] = left - 1;
  sent.push({ ...message, title: templateById(message.app, message.templateId)?.title ?? '', at: parts.clock() });
  if (sent.length > KEPT) sent.shift();
  parts.changed();
  parts.events.publish('messages', 'message.shown', message.app, { template: message.templateId });
  return true;
}

/** Whether somebody has that openid at the app. */
export function isKnownOpenid(parts: Surroundings, appId: string, openid: string): boolean {
  return Object.values(parts.state.persons).some(({ openids }) => openids[appId] === openid);
}

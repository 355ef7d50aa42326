import { Hono } from 'hono';
import { agreeMessagesBody } from '../../shared/api/messages';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf } from '../lib/route-kit';
import { agreeToMessages, type PhoneMessagesDeps, readPhoneMessages } from '../operations/read-messages';
import type { CallerReaders } from './route-kit';

/** Messages of the platform, beside the inbox: what can be agreed to, and that it was. */
export function messageRoutes({ holderOf }: CallerReaders, deps: PhoneMessagesDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.get('/notices/messages', async (c) => c.json(await readPhoneMessages(deps, await holderOf(c))));
  app.post('/notices/messages', async (c) => {
    const caller = await holderOf(c);
    return c.json(await agreeToMessages(deps, caller, bodyOf(c, agreeMessagesBody)));
  });
  return app;
}

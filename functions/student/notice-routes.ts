import { Hono } from 'hono';
import { pageQuery } from '../../shared/api/money-flow';
import { noticeSettingsBody, readNoticesBody } from '../../shared/api/notices';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, bodyOf, queryOf } from '../lib/route-kit';
import { listNotices, markNoticesRead, type NoticesDeps, readNoticeSettings, saveNoticeSettings } from '../operations/read-notices';
import type { CallerReaders } from './route-kit';

/** The inbox, what of it was seen, and what is told at all. */
export function noticeRoutes({ holderOf }: CallerReaders, deps: NoticesDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.get('/notices', async (c) => {
    const caller = await holderOf(c);
    return c.json(await listNotices(deps, caller, queryOf(c, pageQuery).cursor));
  });
  app.post('/notices/read', async (c) => {
    const caller = await holderOf(c);
    return c.json(await markNoticesRead(deps, caller, bodyOf(c, readNoticesBody).through));
  });
  app.get('/notices/settings', async (c) => c.json(await readNoticeSettings(deps, await holderOf(c))));
  app.put('/notices/settings', async (c) => {
    const caller = await holderOf(c);
    return c.json(await saveNoticeSettings(deps, caller, amountBodyOf(c, noticeSettingsBody, 'notices.amount-not-offered')));
  });
  return app;
}

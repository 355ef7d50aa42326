import { Hono } from 'hono';
import { proofsBody } from '../../shared/api/my-data';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { bodyOf } from '../lib/route-kit';
import { cancelDeletion, requestDeletion } from '../operations/delete-my-data';
import { exportMyData } from '../operations/export-my-data';
import { readMyData } from '../operations/my-data';
import type { StudentDataWiring } from '../wiring/student-data';
import { callerReaders } from './route-kit';

/** Every address under /student/my-data. */
export function dataRoutes({ deps }: StudentDataWiring): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.notFound(() => {
    throw new AppError('request.not-found');
  });
  app.onError((error) => {
    throw error;
  });
  const { holderOf } = callerReaders(deps);

  app.get('/student/my-data', async (c) => c.json(await readMyData(deps, await holderOf(c))));
  app.post('/student/my-data/export', async (c) => c.json(await exportMyData(deps, await holderOf(c), bodyOf(c, proofsBody))));
  app.post('/student/my-data/deletion', async (c) => c.json(await requestDeletion(deps, await holderOf(c), bodyOf(c, proofsBody))));
  app.delete('/student/my-data/deletion', async (c) => c.json(await cancelDeletion(deps, await holderOf(c))));
  return app;
}

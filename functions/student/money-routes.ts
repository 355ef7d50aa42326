import { Hono } from 'hono';
import { AppError } from '../../shared/errors';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import type { StudentMoneyWiring } from '../wiring/student-money';
import { autoTopUpRoutes } from './auto-top-up-routes';
import { claimRoutes } from './claim-routes';
import { disputeRoutes } from './dispute-routes';
import { giftRoutes } from './gift-routes';
import { messageRoutes } from './message-routes';
import { noticeRoutes } from './notice-routes';
import { othersRoutes } from './others-routes';
import { refundRoutes } from './refund-routes';
import { callerReaders } from './route-kit';
import { utilityRoutes } from './utility-routes';
import { walletRoutes } from './wallet-routes';

/** Mounts the routes of each kind of money, one file each, all under /student/money. */
export function moneyRoutes(wiring: StudentMoneyWiring): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();
  app.notFound(() => {
    throw new AppError('request.not-found');
  });
  app.onError((error) => {
    throw error;
  });
  const readers = callerReaders(wiring.callers);
  app.route('/student/money', claimRoutes(readers, wiring.claims));
  app.route('/student/money', noticeRoutes(readers, wiring.notices));
  app.route('/student/money', messageRoutes(readers, wiring.phoneMessages));
  app.route('/student/money', othersRoutes(readers, wiring.others));
  app.route('/student/money', giftRoutes(readers, wiring.gifts));
  app.route('/student/money', autoTopUpRoutes(readers, wiring.autoTopUp));
  app.route('/student/money', utilityRoutes(readers, wiring.utilities));
  app.route('/student/money', walletRoutes(readers, wiring.wallet));
  app.route('/student/money', refundRoutes(readers, wiring.refunds));
  app.route('/student/money', disputeRoutes(readers, wiring.disputes));
  return app;
}

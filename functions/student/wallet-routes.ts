import { Hono } from 'hono';
import {
  bankTopUpBody,
  bankTopUpQuery,
  bindCardBody,
  cardTopUpBody,
  cardTopUpQuery,
  confirmCodeBody,
  customerInfoBody,
  limitsBody,
  unionpayBody,
  walletEntriesQuery,
  withdrawalBody,
} from '../../shared/api/wallet';
import type { RouteBindings, RoutedApp } from '../lib/answer';
import { amountBodyOf, bodyOf, queryOf } from '../lib/route-kit';
import { confirmBankTopUp, quoteBankTopUp, resendDebitCode, startBankTopUp } from '../operations/bank-top-up';
import { confirmBinding, readBankCard, resendBindingCode, startBinding } from '../operations/bind-bank-card';
import { confirmCardTopUp, quoteCardTopUp, readCardTopUp, resendCardTopUpCode, startCardTopUp } from '../operations/card-from-wallet';
import { readCustomerInfo, saveCustomerInfo } from '../operations/customer-info';
import { readWallet, walletEntries } from '../operations/read-wallet';
import { unbindCard } from '../operations/unbind-bank-card';
import { readUnionpay, verifyUnionpay } from '../operations/verify-unionpay';
import type { WalletDeps } from '../operations/wallet-deps';
import { changeLimits, readLimits } from '../operations/wallet-limits';
import { readWithdrawal, withdraw } from '../operations/withdraw';
import type { CallerReaders } from './route-kit';

/** Bank card and wallet: binding, topping up, card from wallet, withdrawing, limits, what the bank must know. */
export function walletRoutes({ holderOf }: CallerReaders, deps: WalletDeps): RoutedApp {
  const app: RoutedApp = new Hono<{ Bindings: RouteBindings }>();

  app.get('/bank-card', async (c) => c.json(await readBankCard(deps, await holderOf(c))));
  app.delete('/bank-card', async (c) => c.json(await unbindCard(deps, await holderOf(c))));
  app.post('/bank-card/bindings', async (c) => c.json(await startBinding(deps, await holderOf(c), bodyOf(c, bindCardBody))));
  app.post('/bank-card/bindings/:bindingNo/code', async (c) =>
    c.json(await resendBindingCode(deps, await holderOf(c), c.req.param('bindingNo'))),
  );
  app.post('/bank-card/bindings/:bindingNo/confirm', async (c) => {
    const caller = await holderOf(c);
    return c.json(await confirmBinding(deps, caller, { bindingNo: c.req.param('bindingNo'), ...bodyOf(c, confirmCodeBody) }));
  });
  app.get('/unionpay', async (c) => c.json(await readUnionpay(deps, await holderOf(c))));
  app.post('/unionpay', async (c) => c.json(await verifyUnionpay(deps, await holderOf(c), bodyOf(c, unionpayBody))));

  app.get('/bank-top-ups/quote', async (c) => c.json(await quoteBankTopUp(deps, await holderOf(c), queryOf(c, bankTopUpQuery))));
  app.post('/bank-top-ups', async (c) => {
    const caller = await holderOf(c);
    return c.json(await startBankTopUp(deps, caller, amountBodyOf(c, bankTopUpBody, 'top-up.amount-invalid')));
  });
  app.post('/bank-top-ups/:orderNo/code', async (c) => c.json(await resendDebitCode(deps, await holderOf(c), c.req.param('orderNo'))));
  app.post('/bank-top-ups/:orderNo/confirm', async (c) => {
    const caller = await holderOf(c);
    return c.json(await confirmBankTopUp(deps, caller, { orderNo: c.req.param('orderNo'), ...bodyOf(c, confirmCodeBody) }));
  });

  app.get('/wallet', async (c) => c.json(await readWallet(deps, await holderOf(c))));
  app.get('/wallet/entries', async (c) => c.json(await walletEntries(deps, await holderOf(c), queryOf(c, walletEntriesQuery))));
  app.get('/wallet/limits', async (c) => c.json(await readLimits(deps, await holderOf(c))));
  app.put('/wallet/limits', async (c) => {
    const caller = await holderOf(c);
    return c.json(await changeLimits(deps, caller, amountBodyOf(c, limitsBody, 'request.malformed')));
  });
  app.get('/wallet/customer-info', async (c) => c.json(await readCustomerInfo(deps, await holderOf(c))));
  app.put('/wallet/customer-info', async (c) => c.json(await saveCustomerInfo(deps, await holderOf(c), bodyOf(c, customerInfoBody))));

  app.get('/card-top-ups/quote', async (c) => c.json(await quoteCardTopUp(deps, await holderOf(c), queryOf(c, cardTopUpQuery))));
  app.post('/card-top-ups', async (c) => {
    const caller = await holderOf(c);
    return c.json(await startCardTopUp(deps, caller, amountBodyOf(c, cardTopUpBody, 'top-up.amount-invalid')));
  });
  app.get('/card-top-ups/:transferNo', async (c) => c.json(await readCardTopUp(deps, await holderOf(c), c.req.param('transferNo'))));
  app.post('/card-top-ups/:transferNo/code', async (c) =>
    c.json(await resendCardTopUpCode(deps, await holderOf(c), c.req.param('transferNo'))),
  );
  app.post('/card-top-ups/:transferNo/confirm', async (c) => {
    const caller = await holderOf(c);
    return c.json(await confirmCardTopUp(deps, caller, { transferNo: c.req.param('transferNo'), ...bodyOf(c, confirmCodeBody) }));
  });

  app.post('/withdrawals', async (c) => {
    const caller = await holderOf(c);
    return c.json(await withdraw(deps, caller, amountBodyOf(c, withdrawalBody, 'payment.amount-invalid')));
  });
  app.get('/withdrawals/:withdrawalNo', async (c) => c.json(await readWithdrawal(deps, await holderOf(c), c.req.param('withdrawalNo'))));
  return app;
}

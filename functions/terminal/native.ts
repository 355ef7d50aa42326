import { AppError } from '../../shared/errors';
import { createHttpHandler } from '../lib/handler';
import { nativeHandlerDeps, wireTerminalNative } from '../wiring/terminal-native';
import { renderNative } from './render-native';

/** POST /terminal/native-charges, its query and its void: the payer's own WeChat or Alipay code. */
export const handler = createHttpHandler(async () => {
  const wiring = await wireTerminalNative();
  const routes = new Map([
    ['POST /terminal/native-charges', wiring.charge],
    ['POST /terminal/native-charges/query', wiring.query],
    ['POST /terminal/native-charges/voids', wiring.void],
  ]);
  return async (request) => {
    const answer = routes.get(`${request.method} ${request.path}`);
    if (answer === undefined) throw new AppError('request.not-found');
    return renderNative(await answer(request), nativeHandlerDeps.clock());
  };
}, nativeHandlerDeps);

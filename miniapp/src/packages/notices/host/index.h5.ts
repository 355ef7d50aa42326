import type { MessageHost } from './contract';

export const host = { app: undefined, ask: () => Promise.resolve('unknown') } satisfies MessageHost;

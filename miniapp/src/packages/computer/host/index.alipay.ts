import type { ComputerHost } from './contract';

/** A mini-program in its app's window on a computer: it shows codes, and opens no page of others. */
export const host = { newTab: undefined, focus: () => undefined } satisfies ComputerHost;

import type { MessageHost } from './contract';

/** The build picks index.weapp.ts, index.alipay.ts or index.h5.ts. */
export declare const host: MessageHost;

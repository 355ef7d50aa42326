import type { Platform } from './contract';

/** The build picks index.weapp.ts, index.alipay.ts or index.h5.ts; all three satisfy the same contract. */
export declare const platform: Platform;

/// <reference types="@tarojs/taro" />

/** Where the API answers; set at build time (config/index.ts). */
declare const API_BASE: string;

declare module '*.scss';

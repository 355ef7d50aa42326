/// <reference types="@tarojs/taro" />

/** Where the API answers; set at build time (config/index.ts). */
declare const API_BASE: string;

/** Where the browser build is found, with a slash at its end, or nothing where the builder did not say; set at build time. */
declare const WEB_BASE: string;

declare module '*.scss';

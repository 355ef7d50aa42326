import path from 'node:path';
import { defineConfig } from '@tarojs/cli';

const root = path.resolve(__dirname, '..', '..');
const shared = path.join(root, 'shared');

/** Published in a newer JavaScript than the oldest phones run, so compiled with our own source. */
const modern = /node_modules[\\/](@noble|valibot|uqr|zustand)[\\/]/;

/** Every size of text follows the user's own; after px has become rpx or rem. */
const typeScale = { [path.resolve(__dirname, 'type-scale.cjs')]: { enable: true, config: {} } };

const cssModules = { enable: false, config: { namingPattern: 'module', generateScopedName: '[name]__[local]' } } as const;

/** One code base, three targets: `TARO_ENV` is weapp, alipay or h5. See miniapp/README.md. */
export default defineConfig<'webpack5'>(async () => {
  const target = process.env.TARO_ENV ?? 'weapp';
  // The browser page is served from the origin of its API; a mini-program must name one.
  const apiBase = process.env.TARO_APP_API_BASE || (target === 'h5' ? '/api' : 'http://127.0.0.1:4000');
  // The browser build's address, for what a mini-program cannot do itself. Built for a server of one's own, nobody but its owner knows it.
  const local = target === 'alipay' ? 'http://127.0.0.1:3000/phone/alipay/' : 'http://127.0.0.1:3000/phone/wechat/';
  const webBase = process.env.TARO_APP_WEB_BASE ?? (target === 'h5' || process.env.TARO_APP_API_BASE ? '' : local);
  return {
    projectName: 'e-code-card',
    date: '2026-11-21',
    designWidth: 375,
    deviceRatio: { 375: 2, 640: 1.17, 750: 1, 828: 0.905 },
    sourceRoot: 'src',
    outputRoot: `dist/${target}`,
    framework: 'react',
    compiler: { type: 'webpack5', prebundle: { enable: false } },
    cache: { enable: process.env.TARO_NO_CACHE !== '1' },
    plugins: [path.resolve(__dirname, 'aria-plugin.cjs')],
    defineConstants: { API_BASE: JSON.stringify(apiBase), WEB_BASE: JSON.stringify(webBase) },
    copy: { patterns: [], options: {} },
    mini: {
      compile: { include: [shared, modern] },
      optimizeMainPackage: { enable: true },
      miniCssExtractPluginOption: { ignoreOrder: true },
      postcss: { pxtransform: { enable: true, config: {} }, cssModules, ...typeScale },
    },
    h5: {
      compile: { include: [shared, modern] },
      // Relative, so that the page works at any folder of any origin; the router is in the hash.
      publicPath: './',
      staticDirectory: 'static',
      router: { mode: 'hash' },
      output: { filename: 'js/[name].[contenthash:8].js', chunkFilename: 'js/[name].[contenthash:8].js' },
      // Each page is a chunk of its own; what two of them share is loaded once.
      webpackChain(chain) {
        chain.optimization.splitChunks({
          chunks: 'all',
          cacheGroups: {
            default: false,
            defaultVendors: false,
            shared: { name: 'shared', chunks: 'async', minChunks: 2, enforce: true },
          },
        });
      },
      miniCssExtractPluginOption: {
        ignoreOrder: true,
        filename: 'css/[name].[contenthash:8].css',
        chunkFilename: 'css/[name].[contenthash:8].css',
      },
      postcss: {
        // The root font size itself is set in src/index.html.
        pxtransform: { enable: true, config: { baseFontSize: 20 } },
        autoprefixer: { enable: true, config: {} },
        cssModules,
        ...typeScale,
      },
    },
  };
});

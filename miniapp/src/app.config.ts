export default defineAppConfig({
  pages: ['pages/home/index', 'pages/schools/index', 'pages/bind/index', 'pages/code/index', 'pages/top-up/index', 'pages/order/index'],
  subPackages: [
    {
      root: 'packages/manage',
      name: 'manage',
      pages: [
        'pages/account/index',
        'pages/loss/index',
        'pages/password/index',
        'pages/links/index',
        'pages/apps/index',
        'pages/places/index',
        'pages/reset/index',
      ],
    },
    {
      root: 'packages/records',
      name: 'records',
      pages: [
        'pages/statement/index',
        'pages/entry/index',
        'pages/month/index',
        'pages/year/index',
        'pages/check/index',
        'pages/data/index',
      ],
    },
    {
      root: 'packages/money',
      name: 'money',
      pages: [
        'pages/debt/index',
        'pages/wallet/index',
        'pages/bank-card/index',
        'pages/transfer/index',
        'pages/withdraw/index',
        'pages/wallet-entries/index',
        'pages/customer-info/index',
        'pages/unionpay/index',
        'pages/limits/index',
        'pages/hub/index',
        'pages/transfers/index',
        'pages/utility/index',
        'pages/refunds/index',
        'pages/disputes/index',
        'pages/dispute/index',
        'pages/gifts/index',
        'pages/gift/index',
        'pages/pay-other/index',
        'pages/auto/index',
      ],
    },
    {
      root: 'packages/entry',
      name: 'entry',
      pages: ['pages/sso/index', 'pages/identity/index'],
    },
    {
      root: 'packages/service',
      name: 'service',
      pages: [
        'pages/guide/index',
        'pages/help/index',
        'pages/offers/index',
        'pages/privacy/index',
        'pages/share/index',
        'pages/desktop/index',
        'pages/get-app/index',
      ],
    },
    {
      root: 'packages/computer',
      name: 'computer',
      pages: [
        'pages/school/index',
        'pages/form/index',
        'pages/confirm/index',
        'pages/order/index',
        'pages/records/index',
        'pages/balance/index',
        'pages/lost/index',
      ],
    },
    {
      root: 'packages/notices',
      name: 'notices',
      pages: ['pages/inbox/index', 'pages/settings/index'],
    },
    // Every component in every state: for who works on the app, so not in what a phone loads.
    ...(process.env.TARO_ENV === 'h5' ? [{ root: 'packages/gallery', name: 'gallery', pages: ['pages/gallery/index'] }] : []),
  ],
  // The browser's router hides a screen some time after it was left; whoever had come back by then saw none.
  ...(process.env.TARO_ENV === 'h5' ? { animation: false } : {}),
  lazyCodeLoading: 'requiredComponents',
  ...(process.env.TARO_ENV === 'weapp' ? { darkmode: true, themeLocation: 'theme.json' } : {}),
  // WeChat takes a bar's colours from theme.json by the phone's look; until a screen has set its own (components/screen.tsx).
  window:
    process.env.TARO_ENV === 'weapp'
      ? {
          backgroundTextStyle: '@backTextStyle',
          backgroundColor: '@ground',
          navigationBarBackgroundColor: '@ground',
          navigationBarTitleText: '校园e码通',
          navigationBarTextStyle: '@barTextStyle',
        }
      : {
          backgroundTextStyle: 'dark',
          backgroundColor: '#f4f5f3',
          navigationBarBackgroundColor: '#f4f5f3',
          navigationBarTitleText: '校园e码通',
          navigationBarTextStyle: 'black',
        },
  permission: {
    'scope.userFuzzyLocation': { desc: '用于列出你附近的学校' },
  },
  // The app asks before WeChat does (components/consent.tsx).
  __usePrivacyCheck__: true,
  requiredPrivateInfos: ['getFuzzyLocation'],
});

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
      ],
    },
    {
      root: 'packages/records',
      name: 'records',
      pages: ['pages/statement/index', 'pages/entry/index', 'pages/month/index', 'pages/check/index'],
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
        'pages/limits/index',
      ],
    },
  ],
  lazyCodeLoading: 'requiredComponents',
  window: {
    backgroundTextStyle: 'dark',
    backgroundColor: '#f4f5f3',
    navigationBarBackgroundColor: '#f4f5f3',
    navigationBarTitleText: '校园e码通',
    navigationBarTextStyle: 'black',
  },
  permission: {
    'scope.userFuzzyLocation': { desc: '用于列出你附近的学校' },
  },
  requiredPrivateInfos: ['getFuzzyLocation'],
});

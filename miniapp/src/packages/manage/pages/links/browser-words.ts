/** Said in a browser only, so not among the words of every build. */
export const WORDS = {
  zh: '浏览器里认证的是另一个账号标识：付款码照常可用；要让这些消费出现在交易明细里，请在小程序里再认证一次。',
  en: 'A browser links another account ID: your payment code works as ever, but link once more in the mini-program to see those purchases in your statement.',
};

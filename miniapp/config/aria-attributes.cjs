/** What each mini-program's screen reader understands (WeChat: aria-role; Alipay: role). */
exports.ariaAttributes = {
  weapp: ['aria-role', 'aria-label', 'aria-checked', 'aria-disabled'],
  alipay: ['role', 'aria-label', 'aria-checked', 'aria-disabled'],
};

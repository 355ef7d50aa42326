/**
 * Every refusal the product can give: one code, one HTTP status, one sentence in each language. Codes are a
 * contract with terminals and apps: add, never rename. The prefix says who can mend it.
 */
interface ErrorText {
  readonly status: number;
  readonly zh: string;
  readonly en: string;
}

/** What a till, a gate or a machine may hear: the payment function carries these sentences and no others. */
const terminalTable = {
  'request.malformed': { status: 400, zh: '请求格式不正确', en: 'The request is not in the expected form.' },
  'request.too-large': { status: 413, zh: '请求内容过大', en: 'The request is larger than 64 KB.' },
  'request.not-found': { status: 404, zh: '没有这个地址', en: 'There is nothing at this address.' },
  'request.busy': { status: 409, zh: '账户正忙，请稍后再试', en: 'The account is busy; try again in a moment.' },
  'request.replayed-differently': { status: 409, zh: '同一请求号的内容不一致', en: 'The same request id came with other content.' },
  'request.internal': { status: 500, zh: '系统开小差了，请稍后再试', en: 'Something went wrong on our side; try again later.' },

  'school.unknown': { status: 404, zh: '没有找到这所学校', en: 'There is no such school.' },

  'auth.wrong-password': { status: 401, zh: '密码不正确', en: 'The password is wrong.' },
  'auth.locked': { status: 429, zh: '错误次数过多，请 30 分钟后再试', en: 'Too many wrong tries; wait 30 minutes.' },

  'account.unknown': {
    status: 404,
    zh: '查不到该账户，请核对后重试或到服务台',
    en: 'There is no such account: check and try again, or go to the service desk.',
  },
  'account.closed': {
    status: 403,
    zh: '账户已注销，请换一种方式付款或到服务台',
    en: 'The account is closed: pay another way, or go to the service desk.',
  },
  'account.cancel-loss-at-desk': { status: 403, zh: '请到服务台办理解挂', en: 'Cancel the loss report at the service desk.' },
  'account.not-lost': { status: 409, zh: '校园卡没有挂失', en: 'The card is not reported lost.' },

  'card.unknown': {
    status: 404,
    zh: '查不到这张卡，请重新刷卡或换一种方式付款',
    en: 'No such card: tap again or take another way to pay.',
  },
  'card.lost': {
    status: 403,
    zh: '校园卡已挂失，请持卡人到服务台办理',
    en: 'The card is reported lost: send its holder to the service desk.',
  },
  'card.replaced': {
    status: 403,
    zh: '这张卡已被补办的新卡替代，请持卡人换用新卡',
    en: 'This card has been replaced: ask the holder for the new one.',
  },
  'card.charge-not-offered': { status: 403, zh: '学校不收取这项费用，无需办理', en: 'The school makes no such charge: leave it out.' },
  'card.charge-not-due': {
    status: 409,
    zh: '没有可收取或退还的费用，请核对后再办理',
    en: 'Nothing is due: check the card before you try again.',
  },
  'card.bad-chip-code': { status: 403, zh: '卡片校验失败，请重新刷卡', en: 'The card could not be verified; tap again.' },
  'card.bare-number-refused': {
    status: 403,
    zh: '不能只凭卡号扣款，请持卡人刷卡或出示付款码',
    en: 'A number alone cannot pay: tap the card or scan a code.',
  },

  'code.not-offered': { status: 403, zh: '学校未开通付款码，请刷卡', en: 'The school offers no codes: tap the card.' },
  'code.malformed': { status: 400, zh: '付款码不完整或不正确，请重新扫码', en: 'The code is incomplete or mistyped; scan again.' },
  'code.invalid': { status: 403, zh: '付款码无效，请持卡人刷新后重新扫码', en: 'The code is not valid: refresh it and scan again.' },
  'code.expired': { status: 403, zh: '付款码已过期，请持卡人刷新后重新扫码', en: 'The code has expired: refresh it and scan again.' },
  'code.not-yet-valid': {
    status: 403,
    zh: '手机时间不准，请持卡人校时后刷新付款码',
    en: 'The phone clock is ahead: set it and refresh the code.',
  },
  'code.used': { status: 409, zh: '付款码已使用，请持卡人刷新后重新扫码', en: 'The code has been used: refresh it and scan again.' },
  'code.frozen': {
    status: 403,
    zh: '付款码已停用，请刷卡或到服务台',
    en: 'The codes are frozen: tap the card, or go to the service desk.',
  },
  'code.identity-only': {
    status: 400,
    zh: '这是身份码，不能付款，请持卡人切换到付款码',
    en: 'This is an identity code: ask the holder for the payment code.',
  },
  'code.wechat': { status: 400, zh: '这是微信付款码，请使用校园付款码', en: 'This is a WeChat Pay code; show the campus code.' },
  'code.alipay': { status: 400, zh: '这是支付宝付款码，请使用校园付款码', en: 'This is an Alipay code; show the campus code.' },
  'code.unionpay': { status: 400, zh: '这是云闪付付款码，请使用校园付款码', en: 'This is a UnionPay code; show the campus code.' },
  'code.first-sync': {
    status: 403,
    zh: '请先用实体校园卡在本机贴卡同步，再出示校园码',
    en: 'Tap the physical card on this machine once, then show the code.',
  },
  'code.identity-pass': {
    status: 400,
    zh: '这是离线身份码，只用于断网的门禁，请出示身份码或付款码',
    en: 'An offline identity pass is for gates without network: show the identity or payment code.',
  },
  'code.pass': { status: 400, zh: '这是离线通行码，请在离线收款中扫描', en: 'This is an offline pass; scan it with the offline sale.' },

  'payment.amount-invalid': { status: 400, zh: '金额不正确，请重新输入', en: 'The amount is wrong: enter it again.' },
  'payment.insufficient-balance': {
    status: 402,
    zh: '余额不足，请充值或换一种方式付款',
    en: 'The balance is not enough: top up or take another way to pay.',
  },
  'payment.over-transaction-limit': {
    status: 403,
    zh: '超过单笔限额，请分笔收款或换一种方式付款',
    en: 'Above the limit for one sale: split it or take another way to pay.',
  },
  'payment.over-meal-limit': {
    status: 403,
    zh: '超过本餐免密限额，请换一种方式付款',
    en: 'Above the password-free limit of this meal: take another way to pay.',
  },
  'payment.over-day-limit': {
    status: 403,
    zh: '超过当日限额，请换一种方式付款',
    en: 'Above the limit for today: take another way to pay.',
  },
  'payment.not-charged': { status: 409, zh: '没有扣款，请重新收款', en: 'Nothing was charged; start a new sale.' },
  'payment.other-body': {
    status: 409,
    zh: '同一流水号的内容不一致，请用新的流水号重新收款',
    en: 'This sequence number was used with other content: start a new sale.',
  },
  'payment.unknown': {
    status: 409,
    zh: '暂时无法确定，请勿重新收款，稍后按“查询”',
    en: 'Not known yet: do not charge anew, press query in a moment.',
  },
  'payment.pin-required': {
    status: 403,
    zh: '超过免密限额，请持卡人输入密码',
    en: 'Above the password-free limit: ask the holder for the password.',
  },
  'payment.pin-wrong': {
    status: 403,
    zh: '密码不正确，请重新收款并再次输入',
    en: 'The password is wrong: start the sale again and ask once more.',
  },
  'payment.pin-locked': {
    status: 429,
    zh: '密码错误次数过多，请 30 分钟后再试或改用其他方式',
    en: 'Too many wrong passwords: wait 30 minutes or take another way to pay.',
  },
  'claim.pin-unreadable': { status: 400, zh: '密码无法解密，请重新输入', en: 'The sealed password cannot be opened; seal it anew.' },
  'payment.over-terminal-limit': {
    status: 403,
    zh: '超过本机单笔限额，请分笔或到服务台办理',
    en: 'Above the limit of this terminal: split the sale or go to the desk.',
  },

  'wallet.not-open': {
    status: 403,
    zh: '电子钱包未开通，请先开通或改用校园卡付款',
    en: 'The wallet is not open: open it, or pay from the card.',
  },
  'wallet.not-offered': { status: 403, zh: '学校未开通电子钱包', en: 'The school offers no wallet.' },
  'wallet.insufficient-balance': {
    status: 402,
    zh: '钱包余额不足，请充值或改用校园卡付款',
    en: 'The wallet is short: top it up or pay from the card.',
  },
  'wallet.over-withdrawable': { status: 409, zh: '超过可提现金额', en: 'More than may be withdrawn.' },
  'wallet.other-card': { status: 403, zh: '只能提现到本人绑定的银行卡', en: 'Withdrawals go to your own bound card only.' },
  'wallet.not-empty': { status: 409, zh: '请先提现或转出钱包余额', en: 'Withdraw or move the money in the wallet first.' },
  'wallet.info-required': { status: 403, zh: '请先完成客户信息补录', en: 'Complete your customer information first.' },

  'terminal.unknown': { status: 401, zh: '终端未登记，请联系卡务中心登记', en: 'This terminal is not enrolled: call the card office.' },
  'terminal.revoked': {
    status: 403,
    zh: '终端已停用，请停止收款并联系卡务中心',
    en: 'This terminal is revoked: stop selling and call the card office.',
  },
  'terminal.unsigned': {
    status: 401,
    zh: '请求缺少签名，请联系设备厂商',
    en: 'The request carries no signature: call the vendor of the machine.',
  },
  'terminal.bad-signature': {
    status: 401,
    zh: '终端签名不正确，请重启终端，仍不行请联系卡务中心',
    en: 'The signature is wrong: restart, then call the card office.',
  },
  'terminal.stale': { status: 401, zh: '请求时间过旧，请重新签名发送', en: 'The request is too old; sign it again and resend.' },
  'terminal.clock': {
    status: 400,
    zh: '终端时钟不准，请校时后重试',
    en: 'The terminal clock is wrong: set it by the server and try again.',
  },
  'terminal.no-cash-machine': { status: 403, zh: '该终端不是现金充值机，请到现金充值机办理', en: 'This is no cash machine: go to one.' },
  'terminal.other-school': {
    status: 403,
    zh: '不是本校终端，请联系卡务中心',
    en: 'This terminal belongs to another school: call the card office.',
  },
  'terminal.wrong-kind': {
    status: 403,
    zh: '该终端没有此项业务，请到对应设备办理',
    en: 'This terminal is not enrolled for that; use the right machine.',
  },

  'bank.unavailable': { status: 503, zh: '银行暂时无法连接，请稍后查询', en: 'The bank cannot be reached; ask again later.' },
  'bank.refused': { status: 502, zh: '银行拒绝了这笔交易', en: 'The bank refused it.' },
  'bank.card-unknown': { status: 400, zh: '银行卡号不正确', en: 'There is no such bank card.' },
  'bank.card-not-own': { status: 403, zh: '只能绑定您本人的银行储蓄卡', en: 'Only your own debit card can be bound.' },
  'bank.card-not-debit': { status: 403, zh: '只能绑定储蓄卡，不能绑定信用卡', en: 'Only a debit card can be bound, not a credit card.' },
  'bank.card-other-bank': { status: 403, zh: '只能绑定学校指定银行的银行卡', en: "Only a card of the school's bank can be bound." },
  'bank.not-bound': { status: 409, zh: '请先绑定银行卡', en: 'Bind a bank card first.' },
  'bank.already-bound': { status: 409, zh: '已绑定银行卡', en: 'A bank card is bound already.' },
  'bank.binding-ended': { status: 409, zh: '银行卡绑定已解除，请重新绑定', en: 'The binding has ended; bind the card again.' },
  'bank.binding-unknown': { status: 404, zh: '没有这个绑定申请', en: 'There is no such binding request.' },
  'bank.code-wrong': { status: 401, zh: '验证码不正确', en: 'The code is wrong.' },
  'bank.code-expired': { status: 409, zh: '验证码已过期，请重新获取', en: 'The code has expired; ask for a new one.' },
  'bank.code-locked': { status: 429, zh: '验证码错误次数过多，请重新发起', en: 'Too many wrong codes; start again.' },
  'bank.code-too-soon': { status: 429, zh: '验证码已发送，请稍后再获取', en: 'A code was just sent; wait before asking again.' },
  'bank.over-limit': { status: 400, zh: '超过银行单笔限额', en: "Above the bank's limit for one transaction." },
  'bank.debit-open': {
    status: 409,
    zh: '还有未完成的银行交易，请稍后再试',
    en: 'A transfer with the bank is still open; try again later.',
  },
  'bank.not-offered': { status: 403, zh: '学校未开通银行服务', en: 'The school offers no bank services.' },

  'config.invalid': { status: 500, zh: '系统配置不完整', en: 'The configuration is incomplete.' },

  'pass.malformed': { status: 400, zh: '离线码不完整，请重新扫码', en: 'The pass is incomplete; scan it again.' },
  'pass.forged': { status: 403, zh: '离线码无效，请持卡人刷新或刷卡', en: 'The pass is not genuine: refresh it or tap the card.' },
  'pass.other-school': { status: 403, zh: '不是本校的离线码', en: 'The pass belongs to another school.' },
  'pass.expired': { status: 403, zh: '离线码已过期，请持卡人联网刷新', en: 'The pass has expired: go online once to refresh it.' },
  'pass.not-yet-valid': {
    status: 403,
    zh: '离线码尚未生效，请核对本机时间',
    en: 'The pass is not valid yet: check the clock of this machine.',
  },
  'pass.over-ceiling': { status: 403, zh: '超过离线码单笔限额', en: 'Above what one pass may pay.' },
  'pass.used': { status: 409, zh: '离线码已使用，请换下一个', en: 'The pass has been used; show the next one.' },
  'pass.revoked': { status: 403, zh: '离线码已停用，请改用其他方式', en: 'The pass has been revoked: take another way to pay.' },
  'pass.no-place': {
    status: 409,
    zh: '前几批离线码的预留还未结束，请稍后再试',
    en: 'Earlier passes still reserve money; try again when their time has ended.',
  },
  'pass.not-offered': { status: 403, zh: '学校未开通离线码', en: 'The school offers no offline passes.' },
  'pass.too-late': {
    status: 409,
    zh: '离线记录超过补传期限，请联系结算中心',
    en: 'Uploaded after the grace period: ask the settlement office.',
  },

  'purse.not-offered': { status: 403, zh: '学校未开通小钱包', en: 'The school offers no small purse.' },
  'purse.not-loaded': { status: 409, zh: '请先在结算机刷卡预充小钱包', en: 'Load the small purse at the settlement machine first.' },
  'purse.bad-proof': { status: 403, zh: '小钱包数据校验失败，请重新插卡', en: 'The purse could not be verified; insert the card again.' },
  'purse.other-state': {
    status: 409,
    zh: '小钱包数据与系统不一致，请到服务台',
    en: 'The purse differs from the books; go to the service desk.',
  },

  'identity.not-valid': { status: 403, zh: '身份码无效，请刷新后重试', en: 'The identity code is not valid; refresh it and scan again.' },
  'identity.payment-code': {
    status: 400,
    zh: '这是付款码，请持卡人切换到身份码',
    en: 'This is a payment code: ask the holder for the identity code.',
  },
  'identity.used': { status: 409, zh: '身份码已使用，请刷新后重试', en: 'This identity code was used: refresh it and scan again.' },
  'identity.too-late': { status: 409, zh: '已超时，请重新扫码或刷卡', en: 'This was begun too long ago: scan or tap once more.' },
  'identity.passback': { status: 409, zh: '请勿重复进入', en: 'Already inside: leave first, then enter again.' },
} as const satisfies Record<string, ErrorText>;

const otherTable = {
  'auth.sign-in-required': { status: 401, zh: '请先登录', en: 'Sign in first.' },
  'auth.bind-required': { status: 403, zh: '请先绑定校园卡', en: 'Bind a campus card first.' },
  'auth.already-bound': {
    status: 409,
    zh: '这个账号已绑定一张校园卡，请先解绑',
    en: 'This app is already bound to a card; unbind it first.',
  },
  'auth.consent-required': {
    status: 403,
    zh: '请先同意现行的隐私政策，再绑定校园卡',
    en: 'Agree to the privacy policy in force before you bind a card.',
  },
  'auth.citizen-id-mistyped': {
    status: 400,
    zh: '身份证号不正确，请核对 18 位号码（最后一位可以是 X）',
    en: 'That is no valid citizen ID number; check its 18 characters (the last may be X).',
  },
  'auth.no-match': { status: 401, zh: '姓名、学工号或密码不正确', en: 'Name, number or password is wrong.' },
  'auth.platform-refused': { status: 401, zh: '微信或支付宝登录失败，请重试', en: 'WeChat or Alipay refused the sign-in; try again.' },
  'auth.platform-unavailable': { status: 503, zh: '微信或支付宝暂时无法连接', en: 'WeChat or Alipay cannot be reached right now.' },
  'auth.not-a-member': {
    status: 403,
    zh: '学校企业微信仅对有学工号的师生开放，通讯录中没有您',
    en: 'WeChat Work of this school is open only to people with a student or staff number, and you are not among its contacts.',
  },
  'auth.way-not-offered': { status: 400, zh: '学校没有开通这种登录方式', en: 'The school does not offer this way to sign in.' },
  'auth.sso-refused': { status: 401, zh: '统一身份认证未通过，请重新登录', en: 'The campus sign-in did not succeed; start it again.' },
  'auth.sso-unavailable': {
    status: 503,
    zh: '统一身份认证暂时无法连接，请稍后再试',
    en: 'The campus sign-in cannot be reached right now; try again later.',
  },
  'auth.sso-no-card': {
    status: 403,
    zh: '身份已确认，但学校名单里没有与之相符的校园卡，请到校园卡服务中心办理',
    en: 'You are signed in, but the list of the school has no card that matches you; ask at the card office.',
  },
  'auth.code-wrong': { status: 401, zh: '验证码不正确或已过期', en: 'The code is wrong or too old.' },
  'auth.mail-refused': { status: 502, zh: '邮件未能发送，请核对邮箱', en: 'The e-mail could not be sent; check the address.' },
  'auth.mail-unavailable': { status: 503, zh: '邮件暂时无法发送，请稍后再试', en: 'E-mail cannot be sent right now; try again later.' },
  'auth.too-many-apps': {
    status: 409,
    zh: '一张卡最多绑定 4 个应用，请先移除一个',
    en: 'A card can be bound in four apps; remove one first.',
  },
  'auth.app-unknown': { status: 404, zh: '没有这个绑定', en: 'There is no such binding.' },
  'auth.second-proof-required': { status: 403, zh: '请先验证身份', en: 'A second proof of identity is needed.' },
  'auth.second-proof-wrong': { status: 401, zh: '身份验证信息不正确', en: 'The second proof is wrong.' },
  'auth.second-proof-not-offered': { status: 400, zh: '学校不支持这种验证方式', en: 'The school does not offer this kind of proof.' },
  'auth.password-change-required': { status: 403, zh: '请先修改初始密码', en: 'Change the initial password first.' },
  'auth.password-weak': { status: 400, zh: '新密码过于简单或与初始密码相同', en: 'The new password is too simple or is the initial one.' },
  'auth.reset-not-offered': {
    status: 403,
    zh: '本校须到服务网点重置密码',
    en: 'At this school a password is reset at the service desk.',
  },
  'auth.reset-no-match': {
    status: 401,
    zh: '信息或验证码不正确，或无法用短信重置。可到服务网点办理',
    en: 'Details or code are not right, or this card cannot be reset by SMS. The service desk can help.',
  },
  'auth.sms-too-soon': { status: 429, zh: '验证码已发送，请稍后再获取', en: 'A code was just sent; wait before asking again.' },
  'auth.sms-refused': { status: 502, zh: '短信未能发送，请核对手机号', en: 'The message could not be sent; check the number.' },
  'auth.sms-unavailable': { status: 503, zh: '短信暂时无法发送，请稍后再试', en: 'Messages cannot be sent right now; try again later.' },
  'auth.wrong-container': { status: 403, zh: '请在对应的应用中认证', en: 'Open this in the app you want to link.' },
  'auth.already-linked': {
    status: 409,
    zh: '这个微信或支付宝已认证给其他人',
    en: 'This WeChat or Alipay identity is linked to someone else.',
  },

  'top-up.amount-invalid': { status: 400, zh: '充值金额不正确', en: 'The amount is not a whole number of fen above zero.' },
  'top-up.over-cap': { status: 400, zh: '超过单笔充值上限', en: 'Above the cap for one top-up.' },
  'top-up.channel-not-offered': { status: 400, zh: '学校未开通这种充值方式', en: 'The school does not offer this way to top up.' },
  'top-up.platform-refused': { status: 502, zh: '支付平台拒绝了这笔订单', en: 'The payment platform refused the order.' },
  'top-up.platform-unavailable': {
    status: 503,
    zh: '支付平台暂时无法连接，请稍后再试',
    en: 'The payment platform cannot be reached; try again later.',
  },
  'top-up.no-match': { status: 404, zh: '姓名与学工号不符，请核对', en: 'Name and number do not match; check them.' },
  'top-up.over-max-balance': { status: 409, zh: '超过卡片余额上限', en: 'More than the card may hold.' },
  'top-up.not-here': { status: 400, zh: '当前页面不支持这种付款方式', en: 'This page cannot pay that way.' },

  'refund.over-rest': { status: 409, zh: '超过可退金额', en: 'More than is left to refund.' },
  'refund.nothing-left': { status: 409, zh: '没有可退的金额', en: 'There is nothing left to refund.' },
  'refund.too-soon': { status: 429, zh: '退款过于频繁，请一分钟后再试', en: 'Refunds of one order need a minute between them.' },
  'refund.too-old': {
    status: 409,
    zh: '支付已超过 365 天，不能原路退回',
    en: 'Paid more than 365 days ago: it cannot go back the way it came.',
  },
  'refund.not-yours': { status: 403, zh: '这笔钱不是您支付的，不能退给您', en: 'Somebody else paid this; it can only go back to them.' },
  'refund.supervisor-wrong': {
    status: 401,
    zh: '主管账号或密码不正确，请重新输入',
    en: 'Name or PIN of the supervisor is wrong: enter them again.',
  },
  'refund.sale-unknown': {
    status: 404,
    zh: '查不到这笔消费，请核对终端号、流水号、日期和金额',
    en: 'No such sale: check terminal, number, day and amount.',
  },
  'refund.other-merchant': {
    status: 403,
    zh: '不是本商户的消费，请到原商户或服务台退款',
    en: 'Another merchant sold it: refund it there, or at the service desk.',
  },
  'refund.window-over': {
    status: 409,
    zh: '消费已超过 30 天，请到服务台办理退款',
    en: 'Sold more than 30 days ago: refund it at the service desk.',
  },
  'refund.unknown': { status: 404, zh: '没有这笔退款', en: 'There is no such refund.' },
  'refund.platform-refused': { status: 502, zh: '支付平台拒绝了这笔退款', en: 'The payment platform refused the refund.' },
  'refund.platform-unavailable': {
    status: 503,
    zh: '支付平台暂时无法连接，退款稍后继续',
    en: 'The payment platform cannot be reached; the refund goes on later.',
  },

  'limits.above-school': { status: 400, zh: '不能超过学校规定的限额', en: "Above the school's own limit." },
  'limits.not-changeable': { status: 403, zh: '学校不支持修改限额', en: 'The school does not let limits be changed.' },

  'claim.nothing': { status: 409, zh: '没有待领取的金额', en: 'There is nothing to claim.' },
  'claim.not-here': { status: 403, zh: '学校不支持在这里领取', en: 'The school does not offer claiming here.' },
  'claim.password-required': { status: 403, zh: '请输入校园卡密码', en: 'The card password is needed here.' },
  'claim.too-late': { status: 409, zh: '操作已超时，请重新开始', en: 'This was begun too long ago; start anew.' },

  'chip.rewrite-first': { status: 409, zh: '请先补写上次未写入的金额', en: 'Write the amount of last time first.' },
  'chip.other-amount': { status: 409, zh: '写卡金额与应写金额不一致', en: 'The amount is not the one that was to be written.' },
  'chip.nothing-pending': { status: 409, zh: '没有需要补写的金额', en: 'There is nothing to write to the card.' },

  'cash.note-refused': { status: 400, zh: '不接受这种纸币', en: 'The machine may not take such a note.' },

  'notices.unknown': { status: 404, zh: '没有这条通知，请刷新后再试', en: 'There is no such notice: refresh and try again.' },
  'notices.amount-not-offered': { status: 400, zh: '请从列出的金额中选择', en: 'Choose one of the amounts that are listed.' },
  'messages.not-offered': { status: 404, zh: '学校没有开通这种消息', en: 'The school does not send this message here.' },
  'messages.platform-refused': { status: 502, zh: '平台拒绝了消息', en: 'The platform refused the message.' },
  'messages.platform-unavailable': { status: 503, zh: '消息暂时无法发送', en: 'Messages cannot be sent right now.' },

  'gift.invalid': { status: 403, zh: '赠送链接无效', en: 'The gift link is not valid.' },
  'gift.expired': { status: 403, zh: '赠送链接已过期', en: 'The gift link has expired.' },
  'gift.over-cap': { status: 409, zh: '超过赠送链接的总额', en: 'More than the gift link still allows.' },
  'gift.own-link': { status: 409, zh: '不能使用自己的赠送链接', en: 'You cannot use your own gift link.' },
  'gift.ended': { status: 403, zh: '赠送链接已关闭', en: 'The gift link has been switched off.' },

  'auto-top-up.not-offered': { status: 403, zh: '学校未开通自动充值', en: 'The school does not offer automatic top-up.' },
  'auto-top-up.already-signed': { status: 409, zh: '已签约自动充值，请先解约', en: 'Automatic top-up is agreed already; end that first.' },
  'auto-top-up.not-signed': { status: 409, zh: '自动充值尚未签约', en: 'Automatic top-up has not been agreed yet.' },

  'deduct.platform-refused': { status: 502, zh: '支付平台拒绝了代扣', en: 'The payment platform refused the contract or deduction.' },
  'deduct.platform-unavailable': { status: 503, zh: '支付平台暂时无法连接', en: 'The payment platform cannot be reached.' },

  'utility.not-offered': { status: 403, zh: '学校未开通这项缴费', en: 'The school does not offer this payment.' },
  'utility.account-unknown': { status: 404, zh: '没有这个缴费账户', en: 'There is no such account at the supplier.' },
  'utility.refused': { status: 502, zh: '缴费单位拒绝了这笔缴费', en: 'The supplier refused the payment.' },
  'utility.unavailable': { status: 503, zh: '缴费单位暂时无法连接', en: 'The supplier cannot be reached.' },

  'pay-out.unknown': { status: 404, zh: '没有这笔记录', en: 'There is no such payment.' },

  'subsidy.not-offered': { status: 403, zh: '学校未开通补助', en: 'The school grants no subsidies.' },
  'subsidy.unreadable': { status: 400, zh: '补助名单无法读取', en: 'The subsidy list cannot be read.' },

  'batch.totals': { status: 400, zh: '批次合计与明细不符', en: 'The totals of the batch are not those of its lines.' },
  'batch.out-of-order': { status: 409, zh: '批次不连续，请从缺少的一段重发', en: 'A part of the batch is missing; send that one first.' },
  'batch.closed': { status: 409, zh: '该日批次已关闭', en: 'The terminal has closed this day.' },

  'dispute.unknown': { status: 404, zh: '没有这笔申诉', en: 'There is no such dispute.' },
  'dispute.not-disputable': { status: 409, zh: '这笔记录不能申诉', en: 'This entry cannot be disputed.' },

  'reversal.already': { status: 409, zh: '这笔交易已经退回', en: 'This sale has been reversed already.' },

  'bill.not-ready': { status: 503, zh: '对账单尚未生成，请稍后再试', en: 'The bill is not ready yet; try again later.' },
  'bill.unavailable': { status: 503, zh: '对账单暂时无法下载', en: 'The bill cannot be downloaded right now.' },
  'bill.refused': { status: 502, zh: '支付平台拒绝提供对账单', en: 'The platform refused the bill.' },
  'bill.damaged': { status: 502, zh: '对账单损坏或不完整', en: 'The bill is damaged or cut short.' },
  'bill.malformed': { status: 502, zh: '对账单格式无法识别', en: 'The bill is not in a form we know.' },
  'bill.other-merchant': { status: 502, zh: '对账单属于其他商户', en: 'The bill belongs to another merchant.' },
  'bill.other-day': { status: 502, zh: '对账单不是所要的日期', en: 'The bill is of another day.' },
  'bill.totals': { status: 502, zh: '对账单汇总与明细不符', en: 'The totals of the bill do not add up.' },

  'day.open': { status: 409, zh: '营业日尚未结束', en: 'The business day is not over.' },
  'day.locked': { status: 409, zh: '该日已日结', en: 'The day is locked.' },
  'day.not-reconciled': { status: 409, zh: '该日尚未对账完成', en: 'The day has not been reconciled.' },

  'staff.sign-in-required': { status: 401, zh: '请先登录', en: 'Sign in first.' },
  'staff.no-match': { status: 401, zh: '用户名或密码不正确', en: 'Name or password is wrong.' },
  'staff.forbidden': { status: 403, zh: '您没有此操作的权限', en: 'Your role does not allow this.' },
  'staff.second-person': { status: 403, zh: '须由另一人审批', en: 'Another person must approve this.' },

  'finance.unknown': { status: 404, zh: '没有这条记录', en: 'There is no such record.' },
  'finance.over-rest': { status: 409, zh: '超过挂账余额', en: 'More than is left in suspense.' },
  'finance.no-subject': { status: 409, zh: '科目表缺少对应科目', en: 'The chart of accounts has no subject for it.' },
  'finance.unbalanced': { status: 400, zh: '借贷不平', en: 'The legs do not sum to zero.' },

  'order.unknown': { status: 404, zh: '没有这笔订单', en: 'There is no such order.' },

  'callback.bad-signature': { status: 401, zh: '回调签名不正确', en: 'The signature of the callback is wrong.' },
  'callback.stale': { status: 401, zh: '回调时间超出范围', en: 'The callback time is outside five minutes.' },
  'callback.unknown-serial': { status: 401, zh: '未知的平台证书或公钥', en: 'The platform key of the callback is unknown.' },
  'callback.undecryptable': { status: 400, zh: '回调内容无法解密', en: 'The callback could not be decrypted.' },
  'callback.other-merchant': { status: 400, zh: '回调不属于本商户', en: 'The callback names another merchant.' },
  'callback.other-app': { status: 400, zh: '回调不属于本应用', en: 'The callback names another app.' },
  'callback.amount-mismatch': { status: 400, zh: '回调金额或币种与订单不一致', en: 'Amount or currency differ from the order.' },

  'entry.unknown': { status: 404, zh: '没有这笔记录', en: 'There is no such entry.' },

  'link.not-linked': { status: 409, zh: '尚未认证', en: 'Not linked.' },

  'roster.unreadable': { status: 400, zh: '名单文件无法读取', en: 'The roster file cannot be read.' },

  'enrolment.code-unknown': { status: 401, zh: '登记码不正确或已使用', en: 'The enrolment code is wrong or has been used.' },
  'enrolment.code-expired': { status: 401, zh: '登记码已过期，请重新申领', en: 'The enrolment code has expired; ask for a new one.' },
  'enrolment.proof-wrong': { status: 401, zh: '密钥证明不正确', en: 'The proof of the new key is wrong.' },
  'enrolment.number-taken': { status: 409, zh: '该终端号已登记', en: 'The number of this terminal is taken.' },

  'native.refused': {
    status: 402,
    zh: '付款平台拒绝了这笔付款，请换一种方式',
    en: 'The platform refused the payment: take another way to pay.',
  },
  'native.campus-code': {
    status: 400,
    zh: '这里只收微信或支付宝付款码，校园码请按校园卡收款',
    en: 'Only a WeChat or Alipay code pays here; take a campus code as a campus sale.',
  },
  'native.code-expired': {
    status: 403,
    zh: '付款码已失效，请持卡人刷新后重新收款',
    en: 'The code has expired: refresh it and start the sale again.',
  },
  'native.not-offered': { status: 403, zh: '学校未开通微信或支付宝付款码', en: 'The school does not take WeChat or Alipay codes.' },
  'native.unavailable': { status: 503, zh: '付款平台暂时无法连接，请按“查询”', en: 'The platform cannot be reached; press query.' },
  'native.cancelled': { status: 409, zh: '付款已撤销，没有扣款', en: 'The payment was taken back; nothing was charged.' },
  'native.not-reversible': { status: 409, zh: '这笔付款现在不能撤销，请走退款', en: 'It cannot be taken back now; refund it instead.' },

  'card.not-found-lost': { status: 409, zh: '只有旧卡才能重新启用', en: 'Only an earlier card of the holder can be put back into use.' },

  'receivable.owed': { status: 403, zh: '有欠款未结清，结清后即可使用', en: 'Something is owed; settle it first.' },
  'receivable.nothing': { status: 409, zh: '没有欠款', en: 'Nothing is owed.' },

  'deletion.blocked': {
    status: 409,
    zh: '还有余额或未办完的事项，办完后才能注销',
    en: 'Money is left or something is still open; end that first, then ask again.',
  },
  'deletion.begun': {
    status: 409,
    zh: '冷静期已过，数据正在删除，不能撤销',
    en: 'The days for cancelling are over and the data is being erased.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof terminalTable | keyof typeof otherTable;
export type ErrorTexts = Readonly<Partial<Record<ErrorCode, ErrorText>>>;

/** Marked pure, so that a bundle which only speaks to terminals leaves the other half out. */
export const errorTable: Readonly<Record<ErrorCode, ErrorText>> = /* @__PURE__ */ Object.assign({}, terminalTable, otherTable);

/** What the payment function says: a code outside it is answered as `request.internal`, and a test shows that none is. */
export const terminalTexts: ErrorTexts = terminalTable;

/** The one exception of the product. `detail` is for people and never holds a secret or personal data. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, string | number>> | undefined;

  constructor(code: ErrorCode, detail?: Readonly<Record<string, string | number>>) {
    super(code);
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** What goes on the wire for a refusal. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly messageZh: string;
    readonly messageEn: string;
    readonly detail?: Readonly<Record<string, string | number>>;
  };
}

export function errorText(code: ErrorCode, texts: ErrorTexts): ErrorText {
  return texts[code] ?? terminalTable['request.internal'];
}

export function errorBody(error: AppError, texts: ErrorTexts): ErrorBody {
  const text = errorText(error.code, texts);
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  return { error: { code: error.code, messageZh: text.zh, messageEn: text.en, ...detail } };
}

/**
 * Every refusal the product can give: one code, one HTTP status, one sentence in each language. Codes are a
 * contract with terminals and apps: add, never rename. The prefix says who can mend it.
 */
interface ErrorText {
  readonly status: number;
  readonly zh: string;
  readonly en: string;
}

const table = {
  'request.malformed': { status: 400, zh: '请求格式不正确', en: 'The request is not in the expected form.' },
  'request.too-large': { status: 413, zh: '请求内容过大', en: 'The request is larger than 64 KB.' },
  'request.not-found': { status: 404, zh: '没有这个地址', en: 'There is nothing at this address.' },
  'request.busy': { status: 409, zh: '账户正忙，请稍后再试', en: 'The account is busy; try again in a moment.' },
  'request.replayed-differently': { status: 409, zh: '同一请求号的内容不一致', en: 'The same request id came with other content.' },
  'request.internal': { status: 500, zh: '系统开小差了，请稍后再试', en: 'Something went wrong on our side; try again later.' },

  'school.unknown': { status: 404, zh: '没有找到这所学校', en: 'There is no such school.' },

  'auth.sign-in-required': { status: 401, zh: '请先登录', en: 'Sign in first.' },
  'auth.bind-required': { status: 403, zh: '请先绑定校园卡', en: 'Bind a campus card first.' },
  'auth.already-bound': {
    status: 409,
    zh: '这个账号已绑定一张校园卡，请先解绑',
    en: 'This app is already bound to a card; unbind it first.',
  },
  'auth.no-match': { status: 401, zh: '姓名、学工号或密码不正确', en: 'Name, number or password is wrong.' },
  'auth.wrong-password': { status: 401, zh: '密码不正确', en: 'The password is wrong.' },
  'auth.locked': { status: 429, zh: '错误次数过多，请 30 分钟后再试', en: 'Too many wrong tries; wait 30 minutes.' },
  'auth.platform-refused': { status: 401, zh: '微信或支付宝登录失败，请重试', en: 'WeChat or Alipay refused the sign-in; try again.' },
  'auth.platform-unavailable': { status: 503, zh: '微信或支付宝暂时无法连接', en: 'WeChat or Alipay cannot be reached right now.' },
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
  'auth.sms-too-soon': { status: 429, zh: '验证码已发送，请稍后再获取', en: 'A code was just sent; wait before asking again.' },
  'auth.sms-refused': { status: 502, zh: '短信未能发送，请核对手机号', en: 'The message could not be sent; check the number.' },
  'auth.sms-unavailable': { status: 503, zh: '短信暂时无法发送，请稍后再试', en: 'Messages cannot be sent right now; try again later.' },
  'auth.wrong-container': { status: 403, zh: '请在对应的应用中认证', en: 'Open this in the app you want to link.' },
  'auth.already-linked': {
    status: 409,
    zh: '这个微信或支付宝已认证给其他人',
    en: 'This WeChat or Alipay identity is linked to someone else.',
  },

  'account.unknown': { status: 404, zh: '没有这个账户', en: 'There is no such account.' },
  'account.closed': { status: 403, zh: '账户已注销', en: 'The account is closed.' },
  'account.cancel-loss-at-desk': { status: 403, zh: '请到服务台办理解挂', en: 'Cancel the loss report at the service desk.' },
  'account.not-lost': { status: 409, zh: '校园卡没有挂失', en: 'The card is not reported lost.' },

  'card.unknown': { status: 404, zh: '没有这张卡', en: 'There is no such card.' },
  'card.lost': { status: 403, zh: '校园卡已挂失', en: 'The card has been reported lost.' },
  'card.replaced': { status: 403, zh: '这张卡已被补办的新卡替代', en: 'This card has been replaced by a newer one.' },
  'card.bad-chip-code': { status: 403, zh: '卡片校验失败，请重新刷卡', en: 'The card could not be verified; tap again.' },
  'card.bare-number-refused': { status: 403, zh: '不能只凭卡号扣款', en: 'A card number alone cannot pay here.' },

  'code.not-offered': { status: 403, zh: '学校未开通付款码', en: 'The school does not offer codes.' },
  'code.malformed': { status: 400, zh: '付款码不完整或不正确，请重新扫码', en: 'The code is incomplete or mistyped; scan again.' },
  'code.invalid': { status: 403, zh: '付款码无效，请刷新后重试', en: 'The code is not valid; refresh it and scan again.' },
  'code.expired': { status: 403, zh: '付款码已过期，请刷新后重试', en: 'The code has expired; refresh it and scan again.' },
  'code.not-yet-valid': { status: 403, zh: '手机时间不准，请刷新付款码', en: 'The phone clock is ahead; refresh the code.' },
  'code.used': { status: 409, zh: '付款码已使用，请刷新后重试', en: 'The code has been used; refresh it and scan again.' },
  'code.frozen': { status: 403, zh: '付款码已停用', en: 'Codes of this account are frozen.' },
  'code.identity-only': { status: 400, zh: '这是身份码，不能付款', en: 'This is an identity code; it cannot pay.' },
  'code.wechat': { status: 400, zh: '这是微信付款码，请使用校园付款码', en: 'This is a WeChat Pay code; show the campus code.' },
  'code.alipay': { status: 400, zh: '这是支付宝付款码，请使用校园付款码', en: 'This is an Alipay code; show the campus code.' },
  'code.unionpay': { status: 400, zh: '这是云闪付付款码，请使用校园付款码', en: 'This is a UnionPay code; show the campus code.' },

  'payment.amount-invalid': { status: 400, zh: '金额不正确', en: 'The amount is not a whole number of fen above zero.' },
  'payment.insufficient-balance': { status: 402, zh: '余额不足', en: 'The balance is not enough.' },
  'payment.over-transaction-limit': { status: 403, zh: '超过单笔限额', en: 'Above the limit for one transaction.' },
  'payment.over-meal-limit': { status: 403, zh: '超过本餐免密限额', en: 'Above the password-free limit of this meal period.' },
  'payment.over-day-limit': { status: 403, zh: '超过当日限额', en: 'Above the limit for today.' },
  'payment.not-charged': { status: 409, zh: '没有扣款，请重新收款', en: 'Nothing was charged; start a new sale.' },
  'payment.other-body': { status: 409, zh: '同一流水号的内容不一致', en: 'This sequence number was used with other content.' },
  'payment.unknown': { status: 409, zh: '暂时无法确定，请稍后再查', en: 'Not known yet; ask again.' },
  'wallet.not-open': { status: 403, zh: '电子钱包未开通', en: 'The wallet is not open.' },

  'terminal.unknown': { status: 401, zh: '终端未登记', en: 'The terminal is not enrolled.' },
  'terminal.revoked': { status: 403, zh: '终端已停用', en: 'The terminal has been revoked.' },
  'terminal.unsigned': { status: 401, zh: '请求缺少签名', en: 'The request carries no signature.' },
  'terminal.bad-signature': { status: 401, zh: '终端签名不正确', en: 'The signature of the terminal is wrong.' },
  'terminal.stale': { status: 401, zh: '请求时间过旧，请重新签名发送', en: 'The request is too old; sign it again and resend.' },
  'terminal.clock': { status: 400, zh: '终端时钟不准，请校时', en: 'The terminal clock is wrong; set it by the server.' },
  'terminal.other-school': { status: 403, zh: '不是本校终端', en: 'The terminal belongs to another school.' },

  'top-up.amount-invalid': { status: 400, zh: '充值金额不正确', en: 'The amount is not a whole number of fen above zero.' },
  'top-up.over-cap': { status: 400, zh: '超过单笔充值上限', en: 'Above the cap for one top-up.' },
  'top-up.channel-not-offered': { status: 400, zh: '学校未开通这种充值方式', en: 'The school does not offer this way to top up.' },
  'top-up.platform-refused': { status: 502, zh: '支付平台拒绝了这笔订单', en: 'The payment platform refused the order.' },
  'top-up.platform-unavailable': {
    status: 503,
    zh: '支付平台暂时无法连接，请稍后再试',
    en: 'The payment platform cannot be reached; try again later.',
  },
  'order.unknown': { status: 404, zh: '没有这笔订单', en: 'There is no such order.' },

  'callback.bad-signature': { status: 401, zh: '回调签名不正确', en: 'The signature of the callback is wrong.' },
  'callback.stale': { status: 401, zh: '回调时间超出范围', en: 'The callback time is outside five minutes.' },
  'callback.unknown-serial': { status: 401, zh: '未知的平台证书或公钥', en: 'The platform key of the callback is unknown.' },
  'callback.undecryptable': { status: 400, zh: '回调内容无法解密', en: 'The callback could not be decrypted.' },
  'callback.other-merchant': { status: 400, zh: '回调不属于本商户', en: 'The callback names another merchant.' },
  'callback.other-app': { status: 400, zh: '回调不属于本应用', en: 'The callback names another app.' },
  'callback.amount-mismatch': { status: 400, zh: '回调金额或币种与订单不一致', en: 'Amount or currency differ from the order.' },

  'link.not-linked': { status: 409, zh: '尚未认证', en: 'Not linked.' },
  'roster.unreadable': { status: 400, zh: '名单文件无法读取', en: 'The roster file cannot be read.' },
  'config.invalid': { status: 500, zh: '系统配置不完整', en: 'The configuration is incomplete.' },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof table;

export const errorTable: Readonly<Record<ErrorCode, ErrorText>> = table;

/** The one exception of the product. `detail` is for people and never holds a secret or personal data. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, string | number>> | undefined;

  constructor(code: ErrorCode, detail?: Readonly<Record<string, string | number>>) {
    super(`${code}: ${table[code].en}`);
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

export function errorBody(error: AppError): ErrorBody {
  const text = table[error.code];
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  return { error: { code: error.code, messageZh: text.zh, messageEn: text.en, ...detail } };
}

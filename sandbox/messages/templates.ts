/** What the consoles of both platforms would show as templates that the operator was granted. */
export interface GrantedTemplate {
  readonly id: string;
  readonly title: string;
  /** Field → what the merchant fills it with, in its own words (functions/platforms/phone-messages). */
  readonly fields: Readonly<Record<string, string>>;
}
export type GrantedTemplates = Readonly<Record<string, GrantedTemplate>>;

const TITLES = {
  'large-spend': '消费提醒',
  'low-balance': '余额不足提醒',
  security: '账户安全提醒',
  'claim-waiting': '待领取提醒',
  refund: '退款通知',
} as const;

const WECHAT_FIELDS = { thing1: 'what', amount2: 'amount', time3: 'time', thing4: 'advice' };
const ALIPAY_FIELDS = { keyword1: 'what', keyword2: 'amount', keyword3: 'time', keyword4: 'advice' };
/** About no money: they have no field for it. */
const NO_AMOUNT = {
  wechat: { thing1: 'what', time2: 'time', thing3: 'advice' },
  alipay: { keyword1: 'what', keyword2: 'time', keyword3: 'advice' },
};

function granted(app: 'wechat' | 'alipay'): GrantedTemplates {
  const withAmount = app === 'wechat' ? WECHAT_FIELDS : ALIPAY_FIELDS;
  return Object.fromEntries(
    Object.entries(TITLES).map(([topic, title]) => [
      topic,
      { id: `${app}-template-${topic}`, title, fields: topic === 'security' ? NO_AMOUNT[app] : withAmount },
    ]),
  );
}

export const GRANTED: Readonly<Record<'wechat' | 'alipay', GrantedTemplates>> = { wechat: granted('wechat'), alipay: granted('alipay') };

export function templateById(app: 'wechat' | 'alipay', id: string): GrantedTemplate | undefined {
  return Object.values(GRANTED[app]).find((template) => template.id === id);
}

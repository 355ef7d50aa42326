import type { BankDesk } from './bank/desk';
import type { BooksDesk } from './bills/desk';
import type { CashierDesk } from './cashier/cashier';
import type { ConsentDesk } from './cashier/consent';
import type { ContractsDesk } from './cashier/contracts-desk';
import type { CodePayDesk } from './code-pay/desk';
import type { WorldKeys } from './keys';
import type { Events } from './lib/events';
import type { SandboxRequest, SandboxResponse } from './lib/http';
import type { MessagesDesk } from './messages/desk';
import type { LoginCode, Outage, Person, SwitchedFault, VerificationMode, WorldState } from './state';
import type { UtilityDesk } from './utility/desk';

/** The outside world: payment platforms, login platforms, SMS and cashier, composed. */
export interface World {
  readonly keys: WorldKeys;
  readonly state: WorldState;
  readonly events: Events;
  readonly cashier: CashierDesk;
  readonly consents: ConsentDesk;
  readonly contracts: ContractsDesk;
  readonly books: BooksDesk;
  readonly codePay: CodePayDesk;
  readonly bank: BankDesk;
  readonly utility: UtilityDesk;
  readonly messages: MessagesDesk;
  /** Answers an HTTP request under the prefixes; status 0 means that the answer was lost on the way. */
  answer(request: Omit<SandboxRequest, 'fullPath'>): Promise<SandboxResponse>;
  addPerson(name: string): Person;
  /** Who holds the phone from now on; undefined when there is no such person. */
  signIn(app: 'wechat' | 'alipay', person: string): Person | undefined;
  /** A code as wx.login / my.getAuthCode / the OAuth redirect gives; the current person's unless one is named. WeChat Work asks whose. */
  loginCode(request: {
    app: LoginCode['app'];
    flow?: LoginCode['flow'];
    person?: string | undefined;
    schoolId?: string | undefined;
  }): string | undefined;
  /** Somebody's WeChat Work follows a school as the contact with that mobile; undefined when no contact has it. */
  followCorp(wish: { person: string; schoolId: string; mobile: string }): string | undefined;
  openid(app: 'wechat' | 'alipay', appid: string, person: string): string | undefined;
  /** null ends the fault. Without an order it holds for every callback begun from now on. */
  switchFault(fault: SwitchedFault | null, orderNo?: string): void;
  switchOutage(platform: 'wechatPay' | 'alipay', outage: Outage): void;
  switchVerificationMode(mode: VerificationMode): void;
  rotateCertificate(step: 'announce' | 'promote' | 'retire-old'): void;
  /** What the merchant may know of the platform's keys now. */
  wechatPayKeys(): {
    mode: VerificationMode;
    signingSerial: string;
    certificates: { serial: string; certificatePem: string }[];
    publicKeyId: string;
    publicKeyPem: string;
  };
  setSpeed(speed: number): void;
  speed(): number;
  /** Base URL shown in links, set by the server once it listens. */
  setBaseUrl(baseUrl: string): void;
  /** Ends waits and lets attempts under way finish. */
  stop(): Promise<void>;
}

import type { SignInPlatform, WebContainer } from '../../../shared/api/student';
import type { ChannelId } from '../../../shared/rule-pack';
import type { Scheme } from '../lib/colors';

/** Where this build runs. In the browser it is found from the user agent. */
export type Container = 'wechat-mini' | 'alipay-mini' | 'wechat-web' | 'alipay-web' | 'wecom-mini' | 'wecom-web' | 'plain';

export type SignInOutcome =
  | { readonly kind: 'code'; readonly platform: SignInPlatform; readonly code: string; readonly schoolId?: string }
  /** The page is leaving for the platform's consent page and will come back with a code. */
  | { readonly kind: 'leaving' }
  /** A plain browser has no platform to ask: the page says to open it in WeChat or Alipay. */
  | { readonly kind: 'no-container' };

export interface SignInHelp {
  /** GET /student/sign-in/authorize-url. */
  readonly authorizeUrl: (input: {
    readonly container: WebContainer;
    readonly schoolId?: string;
    readonly returnTo: string;
    readonly state: string;
  }) => Promise<string>;
}

/** What a school's own sign-in sent this page's visitor back with. Without a code: cancelled there, or refused. */
export interface SsoReturn {
  readonly state: string;
  readonly code: string | undefined;
  readonly issuer: string | undefined;
  /** False where this page did not ask for it. */
  readonly expected: boolean;
}

/** Pages can go to a school's own sign-in and come back; a mini-program cannot open a page that was not registered for it. */
export interface SsoHost {
  /** Path of this page, without query and fragment. */
  readonly returnTo: () => string;
  /** Leaves for the school's page; the screen that is open now is there again afterwards. */
  readonly leave: (url: string, state: string) => void;
  /** What the visitor came back with; once. */
  readonly takeReturn: () => SsoReturn | undefined;
}

/** What the phone says after the cashier closed. It is a hint: only the server's answer counts. */
export type PayOutcome = 'done' | 'cancelled' | 'unknown';

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}
export interface HttpQuestion {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs: number;
}
/** Resolves with any HTTP status; rejects only when there is no answer (no network, timeout). */
export type Transport = (question: HttpQuestion) => Promise<HttpAnswer>;

/** Text by key, kept on the phone, apart for each container. */
export interface TextStorage {
  readonly read: (key: string) => string | undefined;
  readonly write: (key: string, value: string) => void;
  readonly remove: (key: string) => void;
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** The host's own part in the privacy consent; only WeChat has one. */
export interface HostPrivacy {
  /** Whether the host wants the person's agreement before it opens its private interfaces. */
  readonly asks: () => Promise<boolean>;
  /** Runs when the host stopped a call for want of that agreement; the call goes on when `ask` resolves. */
  readonly onAsked: (ask: () => Promise<void>) => void;
  /** Shows the host's own text; undefined where there is none. */
  readonly openContract: (() => void) | undefined;
}

/**
 * Everything that WeChat, Alipay and a browser do differently. One implementation a file name (`index.weapp.ts`,
 * `index.alipay.ts`, `index.h5.ts`); the build picks the one of its target. None of these throws for a feature that a
 * phone lacks: it does nothing and says so where that matters.
 */
export interface Platform {
  readonly container: () => Container;
  /** The school in whose WeChat Work this was opened. */
  readonly openedBy: () => string | undefined;
  /** Undefined where a school's own sign-in cannot be opened. */
  readonly sso: SsoHost | undefined;
  /** The top-up channel whose cashier this container can open. */
  readonly payChannel: () => ChannelId | undefined;
  readonly signIn: (help: SignInHelp) => Promise<SignInOutcome>;
  /** Opens the container's cashier with what the server gave. Never throws: whatever goes wrong is 'unknown'. */
  readonly pay: (payParams: Readonly<Record<string, string>>) => Promise<PayOutcome>;
  readonly privacy: HostPrivacy;
  /**
   * Opens the platform's page of consent to a standing contract with what the server gave; undefined where this container has none. 'done'
   * may only mean that the page has opened: the server asks the platform. Never throws.
   */
  readonly signContract: ((signParams: Readonly<Record<string, string>>) => Promise<PayOutcome>) | undefined;
  readonly transport: Transport;
  readonly storage: TextStorage;
  /** Unpredictable where the platform offers it; ids made from it are unique, not secret. */
  readonly randomBytes: (count: number) => Promise<Uint8Array>;
  /** Runs when what was rendered last is on the screen: at once where code and screen are one thread. */
  readonly whenShown: (run: () => void) => void;
  /** 0 to 1; returns a function that puts the old brightness back. */
  readonly brighten: (value: number) => Promise<() => void>;
  /** Keeps the screen lit until the returned function is called. */
  readonly keepAwake: () => () => void;
  /** Hides the screen from captures where the platform can, and tells when one was taken. Returns the stop function. */
  readonly onCapture: (seen: () => void) => () => void;
  /** A short buzz, felt when a payment lands. */
  readonly buzz: () => void;
  /** Text that others can open a screen with; undefined where a screen is shared by the host's own menu. */
  readonly linkTo: (address: string) => string | undefined;
  /** False where the platform would not. */
  readonly copy: (text: string) => Promise<boolean>;
  /** Undefined when the user or the platform refuses. */
  readonly locate: () => Promise<Place | undefined>;
  /** "iPhone 15", for the list of bound apps; at most 40 characters. */
  readonly deviceLabel: () => string;
  /** The look that the phone is set to; light where the host does not tell. */
  readonly scheme: () => Scheme;
  /** Tells of a new look while the app is open. Returns the stop function. */
  readonly onScheme: (changed: () => void) => () => void;
  /** How large the user has set text: 1 as designed, at most LARGEST_TYPE (lib/type-scale.ts). */
  readonly typeScale: () => number;
  /** The phone's language. */
  readonly language: () => 'zh' | 'en';
  /** Tells the host which title and colours its own bar has (mini-programs) or the document has (browser). */
  readonly setBar: (bar: { readonly title: string; readonly dark: boolean; readonly background: string }) => void;
}

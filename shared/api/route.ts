import type * as v from 'valibot';
import type { ErrorCode } from '../errors';

/** `anyone`; `session`: signed in; `visitor`: signed in, or a page's visit; `holder`: signed in and bound to a card; or who signs the request itself. */
export type ApiCaller = 'anyone' | 'session' | 'visitor' | 'holder' | 'terminal' | 'staff' | 'wechat-pay' | 'alipay';

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly caller: ApiCaller;
  readonly params?: Readonly<Record<string, v.GenericSchema>>;
  readonly query?: v.ObjectSchema<v.ObjectEntries, undefined>;
  /** Names in `schemas` of this or another slice. */
  readonly body?: string;
  /** Absent where the answer is in a vendor's own form, or a file. */
  readonly reply?: string;
  /** The answer is a download. */
  readonly file?: true;
  /** Refusals of this address, beside those that `errorsOf` adds for its caller and its input. */
  readonly errors: readonly ErrorCode[];
  /** Refusals that come in the reply's own form, with the status of their code. */
  readonly answers?: readonly ErrorCode[];
}

/** One area of the API: its addresses, and its bodies and replies by the name they have in docs/openapi.json. */
export interface ApiSlice {
  readonly schemas: Readonly<Record<string, v.GenericSchema>>;
  readonly routes: readonly ApiRoute[];
}

const CALLER_ERRORS: Readonly<Record<ApiCaller, readonly ErrorCode[]>> = {
  anyone: [],
  session: ['auth.sign-in-required'],
  visitor: ['auth.sign-in-required'],
  holder: ['auth.sign-in-required', 'auth.bind-required'],
  terminal: [
    'terminal.unsigned',
    'terminal.unknown',
    'terminal.revoked',
    'terminal.bad-signature',
    'terminal.stale',
    'terminal.clock',
    'terminal.other-school',
  ],
  staff: ['staff.sign-in-required'],
  'wechat-pay': [],
  alipay: [],
};

/** Every refusal of an address that comes as an ErrorBody (or in the vendor's form), without repeats, in order. */
export function errorsOf(route: ApiRoute): readonly ErrorCode[] {
  // The staff's addresses refuse a parameter that is none; the student's find nothing at it.
  const hasStaffParams = route.caller === 'staff' && route.params !== undefined;
  const isRead = route.body !== undefined || route.query !== undefined || route.reply === undefined || hasStaffParams;
  const input: readonly ErrorCode[] = isRead ? ['request.malformed'] : [];
  const all: readonly ErrorCode[] = [
    ...input,
    'request.too-large',
    ...CALLER_ERRORS[route.caller],
    ...route.errors,
    'config.invalid',
    'request.internal',
  ];
  return [...new Set(all)];
}

/** What the card office may enrol a terminal as. */
export const TERMINAL_KINDS = ['pos', 'kiosk', 'cash-machine', 'settlement-pos', 'water-controller', 'gate'] as const;
export type TerminalKind = (typeof TERMINAL_KINDS)[number];

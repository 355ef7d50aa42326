import type { EpochMs } from '../../shared/time';
import { lookup } from '../lib/lookup';
import type { SwitchedPartnerFault } from '../lib/partner-faults';
import type { Surroundings } from '../surroundings';
import { addArrival, cardRecord, schoolBalance } from './accounts';
import { BANKS, SCHOOL_ACCOUNTS } from './banks';
import { cardsOf, findCard } from './cardholders';
import type { Agreement, CardRecord, JournalLine } from './state';
import { linesOfDay } from './statement';
import { settleDue } from './transfers';

export interface CardView extends CardRecord {
  readonly cardNumber: string;
  readonly bank: string;
  readonly bankName: string;
  readonly kind: 'debit' | 'credit';
  /** Whether the school of its holder can bind it. */
  readonly ofTheSchoolsBank: boolean;
}

/** A person as they would look into their own wallet: everything that a form of binding asks for. */
export interface CustomerView {
  readonly school: string;
  readonly number: string;
  readonly name: string;
  readonly idNumber: string;
  readonly mobile: string;
  readonly cards: readonly CardView[];
}

/** The banks' counters, for the bench top and for tests. */
export interface BankDesk {
  /** By the student or staff number. */
  customer(school: string, number: string): CustomerView | undefined;
  changeCard(cardNumber: string, change: { readonly [K in keyof CardRecord]?: CardRecord[K] | undefined }): CardRecord | undefined;
  /** Puts money on the school's account; undefined for a school without one. */
  arrive(arrival: Parameters<typeof addArrival>[1]): JournalLine | undefined;
  journal(school: string, day: string): readonly JournalLine[];
  balance(school: string): number;
  agreements(): readonly Agreement[];
  switchFault(fault: SwitchedPartnerFault | null): void;
  faults(): readonly SwitchedPartnerFault[];
  /** Ends a binding at the bank, as its holder may do at the counter. */
  endAgreement(ref: string, at?: EpochMs): boolean;
}

export function createBankDesk(parts: Surroundings): BankDesk {
  const { bank: state } = parts.state;
  return {
    customer(school, number) {
      const found = cardsOf(school, number);
      if (found === undefined) return undefined;
      const own = SCHOOL_ACCOUNTS[school]?.bank;
      const cards = found.cards.flatMap(({ cardNumber, bank, kind }) => {
        const record = cardRecord(state, cardNumber);
        return record ? [{ cardNumber, bank, bankName: BANKS[bank].name, kind, ofTheSchoolsBank: bank === own, ...record }] : [];
      });
      return { ...found.customer, cards };
    },
    changeCard(cardNumber, change) {
      const record = findCard(cardNumber) && cardRecord(state, cardNumber);
      if (record === undefined) return undefined;
      settleDue(parts);
      Object.assign(record, Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)));
      parts.changed();
      return record;
    },
    arrive: (arrival) => addArrival(parts, arrival),
    journal(school, day) {
      settleDue(parts);
      return linesOfDay(state.journal, school, day);
    },
    balance(school) {
      settleDue(parts);
      return schoolBalance(state, school);
    },
    agreements: () => Object.values(state.agreements),
    switchFault(fault) {
      if (fault === null) state.faults.length = 0;
      else state.faults.push(fault);
      parts.changed();
      parts.events.publish('control', 'control.changed', 'bank', { fault: fault?.fault ?? 'none' });
    },
    faults: () => state.faults,
    endAgreement(ref, at) {
      const agreement = lookup(state.agreements, ref);
      if (agreement === undefined) return false;
      agreement.endedAt ??= at ?? parts.clock();
      parts.changed();
      return true;
    },
  };
}

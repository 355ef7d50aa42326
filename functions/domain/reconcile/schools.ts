import { schoolOfOrder } from '../order-number';

/** What follows the school in an order number of ours. */
const DIGEST_LENGTH = 15;
/** As many as a byte can name, beside the strangers. */
const MOST_SCHOOLS = 255;
/** The place of lines that name none of the schools. */
export const STRANGER = 0;

/** The schools of a merchant by number, and whose an order number is, by its bytes. */
export class Schools {
  private readonly ids: readonly string[];
  private readonly prefixes: readonly Uint8Array[];
  private readonly places: ReadonlyMap<string, number>;

  constructor(ids: readonly string[]) {
    if (ids.length > MOST_SCHOOLS) throw new Error('more schools than one merchant account can have');
    this.ids = ids;
    this.places = new Map(ids.map((id, index) => [id, index + 1]));
    this.prefixes = ids.map((id) => Buffer.from(id.replaceAll('-', '_'), 'latin1'));
  }

  get count(): number {
    return this.ids.length + 1;
  }

  /** Undefined: a stranger. */
  id(place: number): string | undefined {
    return place === STRANGER ? undefined : this.ids[place - 1];
  }

  placeOf(id: string): number {
    return this.places.get(id) ?? STRANGER;
  }

  /** Bound, so that it can be handed on. */
  readonly ofOrder = (bytes: Uint8Array, from: number, length: number): number => {
    for (let place = 0; place < this.prefixes.length; place += 1) {
      const prefix = this.prefixes[place] ?? bytes;
      if (prefix.length + DIGEST_LENGTH !== length) continue;
      let at = 0;
      while (at < prefix.length && bytes[from + at] === prefix[at]) at += 1;
      if (at === prefix.length) return place + 1;
    }
    return STRANGER;
  };

  /** Whether the number has the form of ours and names one of the schools: `other` is of a school that is not here, or not of ours. */
  shapeOf(orderNo: string): 'ours' | 'other-school' | 'not-ours' {
    const id = schoolOfOrder(orderNo);
    if (id === undefined) return 'not-ours';
    return this.ids.includes(id) ? 'ours' : 'other-school';
  }
}

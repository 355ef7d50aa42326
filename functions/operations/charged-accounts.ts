import * as v from 'valibot';
import { type Fen, fen } from '../../shared/money';

/** An account that has just paid, and what it has left to pay with. */
export interface ChargedAccount {
  readonly schoolId: string;
  readonly accountNo: number;
  /** Card and transit after the charge. */
  readonly leftFen: Fen;
}

const amount = v.optional(v.object({ N: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)) }), { N: '0' });

/** DynamoDB Streams as Lambda delivers them: attribute values in their typed form. Nothing and zero are not stored. */
const eventSchema = v.object({
  Records: v.array(
    v.object({
      eventName: v.string(),
      dynamodb: v.object({
        SequenceNumber: v.optional(v.string(), ''),
        Keys: v.object({ pk: v.object({ S: v.string() }) }),
        NewImage: v.optional(
          v.object({
            kind: v.object({ S: v.string() }),
            balances: v.optional(v.object({ M: v.object({ card: amount, transit: amount }) }), { M: {} }),
          }),
        ),
      }),
    }),
  ),
});

/** The charges that were inserted, each with the name by which its delivery can be asked for again. Throws a ValiError on another event. */
export function readChargedAccounts(event: unknown): readonly { readonly itemIdentifier: string; readonly charged: ChargedAccount }[] {
  return v.parse(eventSchema, event).Records.flatMap(({ eventName, dynamodb: { SequenceNumber: itemIdentifier, Keys, NewImage } }) => {
    if (eventName !== 'INSERT' || NewImage?.kind.S !== 'charge') return [];
    const pk = Keys.pk.S;
    const hash = pk.lastIndexOf('#');
    const { card, transit } = NewImage.balances.M;
    const charged = { schoolId: pk.slice(0, hash), accountNo: Number(pk.slice(hash + 1)), leftFen: fen(card.N + transit.N) };
    return [{ itemIdentifier, charged }];
  });
}

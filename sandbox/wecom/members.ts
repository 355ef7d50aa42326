import type { Surroundings } from '../surroundings';
import { contactsOf, corpFace } from './corps';

/** Somebody's WeChat Work becomes that of a contact, told by the mobile it is registered with. Undefined: no contact has it. */
export function followCorp(
  parts: Surroundings,
  wish: { readonly person: string; readonly schoolId: string; readonly mobile: string },
): string | undefined {
  const { person, schoolId, mobile } = wish;
  const contact = corpFace(schoolId) && mobile !== '' ? contactsOf(schoolId).find((each) => each.mobile === mobile) : undefined;
  parts.events.publish('wecom', contact ? 'wecom.followed' : 'wecom.refused', schoolId, {});
  if (contact === undefined) return undefined;
  parts.state.wecomMembers[schoolId] = { ...parts.state.wecomMembers[schoolId], [person]: contact.number };
  parts.changed();
  return contact.number;
}

/** The member id of a person at a school; undefined for whoever follows it not. */
export function memberOf({ state }: Pick<Surroundings, 'state'>, schoolId: string, person: string): string | undefined {
  const members = state.wecomMembers[schoolId] ?? {};
  return Object.hasOwn(members, person) ? members[person] : undefined;
}

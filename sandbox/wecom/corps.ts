import { generatePeople, type Person } from '../roster/people';

/** A school as its WeChat Work shows it. */
export interface CorpFace {
  readonly schoolId: string;
  readonly name: string;
  readonly nameEn: string;
  /** The module that opens the card, as the school's guide prints it. */
  readonly module: string;
}

/** The two schools whose guides open the card in WeChat Work. */
export const CORPS: readonly CorpFace[] = [
  { schoolId: 'shanghaitech', name: '上海科技大学', nameEn: 'ShanghaiTech University', module: '校园一卡通' },
  { schoolId: 'bistu', name: '北京信息科技大学', nameEn: 'Beijing Information Science and Technology University', module: '信息科大E卡通' },
];

/** As many as the largest list that `npm start` makes: the beginning of a list does not depend on its length. */
const LISTED = 2_000;
const contacts = new Map<string, readonly Person[]>();

/** The school's contacts: who has a student or staff number, and nobody else. The member id is that number. */
export function contactsOf(schoolId: string): readonly Person[] {
  const known = contacts.get(schoolId) ?? generatePeople(schoolId, LISTED).filter(({ kind }) => kind !== 'temporary');
  contacts.set(schoolId, known);
  return known;
}

export function corpFace(schoolId: string): CorpFace | undefined {
  return CORPS.find((corp) => corp.schoolId === schoolId);
}

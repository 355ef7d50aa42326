import { useRouter } from '@tarojs/taro';
import { useState } from 'react';
import { CHINA_OFFSET_MINUTES } from '../../../../shared/time';
import { recentMonths } from '../../lib/dates';
import { serverNow, useApp } from '../../state/app-state';

const MONTHS_OFFERED = 13;

export interface Months {
  readonly months: readonly string[];
  readonly month: string;
  readonly setMonth: (month: string) => void;
  /** The school's minutes from UTC. */
  readonly zone: number;
}

/** The month of a screen: the one its address names, else the present one. */
export function useMonths(): Months {
  const zone = useApp((state) => state.pack?.utcOffsetMinutes) ?? CHINA_OFFSET_MINUTES;
  const months = recentMonths(serverNow(), MONTHS_OFFERED, zone);
  const asked = useRouter().params.month;
  const [month, setMonth] = useState(asked !== undefined && months.includes(asked) ? asked : (months[0] ?? ''));
  return { months, month, setMonth, zone };
}

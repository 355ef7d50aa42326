import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { type CSSProperties, type ReactNode, useEffect } from 'react';
import { brandVariables } from '../lib/colors';
import { platform } from '../platform';
import { useApp } from '../state/app-state';
import { NavBar } from './nav-bar';
import './screen.scss';

const NO_SCHOOL = { color: '#0b5d57', color2: '#12857a' };

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** Brand-coloured from top to bottom: the code screen. */
  readonly dark?: boolean;
  /** Colours of another school than the bound one, while one is chosen. */
  readonly brand?: { readonly color: string; readonly color2: string };
  /** The first screen of the app: nowhere to go back to. */
  readonly root?: boolean;
}

/** A page: its bar, its school's colours, its padding. */
export function Screen({ title, children, dark = false, brand, root = false }: Props) {
  const packBrand = useApp((state) => state.pack?.brand);
  const colors = brand ?? packBrand ?? NO_SCHOOL;
  const background = dark ? colors.color : '#f4f5f3';
  const show = () => platform.setBar({ title, dark, background });
  useEffect(show, [title, dark, background]);
  useDidShow(show);
  return (
    // CSSProperties does not know custom properties, which is all that this style holds.
    <View className={dark ? 'screen screen--dark' : 'screen'} style={brandVariables(colors) as unknown as CSSProperties}>
      <NavBar title={title} root={root} dark={dark} />
      <View className="screen__body">{children}</View>
    </View>
  );
}

import { View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { type CSSProperties, type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { type Brand, brandGround, brandVariables, GROUND, NO_SCHOOL } from '../lib/colors';
import { typeVariables } from '../lib/type-scale';
import { platform } from '../platform';
import { aria } from '../platform/aria';
import { useApp } from '../state/app-state';
import { ConsentSheet } from './consent';
import { NavBar } from './nav-bar';
import './screen.scss';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** Brand-coloured from top to bottom: the code screen. */
  readonly dark?: boolean;
  /** Colours of another school than the bound one, while one is chosen. */
  readonly brand?: Brand;
  /** The first screen of the app: nowhere to go back to. */
  readonly root?: boolean;
  /** The privacy policy itself is read before it is agreed to. */
  readonly isPolicy?: boolean;
}

/** A page: its bar, its school's colours, its padding, in the phone's look and size of text. */
export function Screen({ title, children, dark = false, brand, root = false, isPolicy = false }: Props) {
  const consentAsked = useApp((state) => state.consentAsked);
  const packBrand = useApp((state) => state.pack?.brand);
  const colors = brand ?? packBrand ?? NO_SCHOOL;
  const scheme = useSyncExternalStore(platform.onScheme, platform.scheme);
  const [type, setType] = useState(platform.typeScale);
  const background = dark ? brandGround(colors, scheme) : GROUND[scheme];
  const lightText = dark || scheme === 'dark';
  const show = () => platform.setBar({ title, dark: lightText, background });
  useEffect(show, [title, lightText, background]);
  useDidShow(() => {
    show();
    setType(platform.typeScale());
  });
  return (
    // CSSProperties does not know custom properties, which is all that this style holds.
    <View
      className={dark ? 'screen screen--dark' : 'screen'}
      style={{ ...brandVariables(colors), ...typeVariables(type) } as unknown as CSSProperties}
    >
      <NavBar title={title} root={root} dark={dark} />
      <View className="screen__body" {...aria({ role: 'main' })}>
        {children}
      </View>
      {consentAsked && !isPolicy ? <ConsentSheet /> : null}
    </View>
  );
}

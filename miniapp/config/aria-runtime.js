import { mergeInternalComponents } from '@tarojs/shared';
import { ariaAttributes } from './aria-attributes.cjs';

const attributes = ariaAttributes[process.env.TARO_ENV] || [];
mergeInternalComponents({ View: Object.fromEntries(attributes.map((name) => [name, ''])) });

import type { AriaProps, AriaState, InputLabel } from './aria-contract';

/** What a screen reader is told of an element; the build picks the file of its target. */
export declare function aria(state: AriaState): AriaProps;

/** The name of a field that is typed into, as Taro's Input takes it. */
export declare function inputLabel(label: string): InputLabel;

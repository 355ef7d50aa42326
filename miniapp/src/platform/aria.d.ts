import type { AriaProps, AriaState } from './aria-contract';

/** What a screen reader is told of an element; the build picks the file of its target. */
export declare function aria(state: AriaState): AriaProps;

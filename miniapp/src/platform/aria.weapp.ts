import type { AriaProps, AriaState, InputLabel } from './aria-contract';

/** WeChat's readers take `aria-role`. */
export function aria(state: AriaState): AriaProps {
  return {
    'aria-role': state.role,
    'aria-label': state.label ?? state.sum,
    'aria-checked': state.checked,
    'aria-disabled': state.disabled,
  };
}

/** Of a field that is typed into. */
export function inputLabel(label: string): InputLabel {
  return { ariaLabel: label };
}

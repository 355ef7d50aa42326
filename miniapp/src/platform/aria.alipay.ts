import type { AriaProps, AriaState, InputLabel } from './aria-contract';

/** Alipay's readers take `role`. */
export function aria(state: AriaState): AriaProps {
  return {
    role: state.role,
    'aria-label': state.label ?? state.sum,
    'aria-checked': state.checked,
    'aria-disabled': state.disabled,
  };
}

/** Of a field that is typed into. */
export function inputLabel(label: string): InputLabel {
  return { ariaLabel: label };
}

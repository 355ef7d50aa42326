import type { AriaProps, AriaState } from './aria-contract';

/** Alipay's readers take `role`. */
export function aria(state: AriaState): AriaProps {
  return {
    role: state.role,
    'aria-label': state.label,
    'aria-checked': state.checked,
    'aria-disabled': state.disabled,
  };
}

import type { AriaProps, AriaState } from './aria-contract';

/** WeChat's readers take `aria-role`. */
export function aria(state: AriaState): AriaProps {
  return {
    'aria-role': state.role,
    'aria-label': state.label,
    'aria-checked': state.checked,
    'aria-disabled': state.disabled,
  };
}

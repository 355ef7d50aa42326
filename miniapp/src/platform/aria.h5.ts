import type { AriaProps, AriaState } from './aria-contract';

/** Browsers read the WAI-ARIA names. */
export function aria(state: AriaState): AriaProps {
  return {
    role: state.role,
    tabIndex: state.role === undefined || state.role === 'img' ? undefined : 0,
    'aria-label': state.label,
    'aria-checked': state.checked,
    'aria-disabled': state.disabled,
  };
}

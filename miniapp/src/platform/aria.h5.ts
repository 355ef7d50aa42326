import type { AriaProps, AriaState, InputLabel } from './aria-contract';

/** What the Tab key stops at. */
const PRESSED: readonly AriaState['role'][] = ['button', 'tab', 'radio', 'checkbox'];

/** Browsers read the WAI-ARIA names, where what is chosen has another name for a tab and for a button; they sum up texts themselves. */
export function aria({ role, label, checked, disabled }: AriaState): AriaProps {
  return {
    role,
    tabIndex: PRESSED.includes(role) ? 0 : undefined,
    'aria-label': label,
    'aria-modal': role === 'dialog' || undefined,
    [role === 'tab' ? 'aria-selected' : role === 'button' ? 'aria-pressed' : 'aria-checked']: checked,
    'aria-disabled': disabled,
  };
}

/** Of a field that is typed into: the real input is inside Taro's, and only that is read. */
export function inputLabel(label: string): InputLabel {
  return { nativeProps: { 'aria-label': label } };
}

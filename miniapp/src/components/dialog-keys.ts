/** What a keyboard does with a sheet, in the browser. A phone has none. `sheet` holds what React holds of its card. */
export function useDialogKeys(_sheet: { readonly current: unknown }, _open: boolean, _onClose: () => void): void {}

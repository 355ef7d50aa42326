export interface AriaState {
  readonly role?: 'button' | 'tab' | 'radio' | 'checkbox' | 'img' | 'alert' | 'text';
  readonly label?: string;
  readonly checked?: boolean;
  readonly disabled?: boolean;
}

/** Attributes as the container's screen reader names them; config/aria-plugin.cjs puts them into the templates. */
export type AriaProps = Readonly<Record<string, string | number | boolean | undefined>>;

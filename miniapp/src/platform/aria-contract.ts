export interface AriaState {
  readonly role?: 'main' | 'button' | 'tablist' | 'tab' | 'radiogroup' | 'radio' | 'checkbox' | 'img' | 'alert' | 'text' | 'dialog';
  /** What it is, where no text inside says it. */
  readonly label?: string;
  /** The texts inside in one, for a reader that does not put them together itself. */
  readonly sum?: string;
  readonly checked?: boolean;
  readonly disabled?: boolean;
}

/** Attributes as the container's screen reader names them; config/aria-plugin.cjs puts them into the templates. */
export type AriaProps = Readonly<Record<string, string | number | boolean | undefined>>;

/** Of Taro's Input, which has a name for it that the browser does not pass on. */
export interface InputLabel {
  readonly ariaLabel?: string;
  readonly nativeProps?: Record<string, unknown>;
}

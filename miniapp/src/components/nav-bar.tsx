interface Props {
  readonly title: string;
  readonly root: boolean;
  readonly dark: boolean;
}

/** A mini-program's own bar is drawn by its host (platform.setBar); only the browser build draws one. */
export function NavBar(_: Props) {
  return null;
}

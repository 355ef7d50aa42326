/** What a page on a computer asks of its host beyond the app's own platform. */
export interface ComputerHost {
  /**
   * Makes ready for a page that is not known yet, within the press that wants it: a browser opens no tab later than that. The returned
   * function shows the page; undefined where this host opens no pages of others.
   */
  readonly newTab: (() => (url: string | undefined) => void) | undefined;
  /** Puts the keyboard into the field, or the reader's place on the element, of that id. */
  readonly focus: (id: string) => void;
}

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** How a file or a text leaves this app; where a way is missing the answer is false, and the screen says what to do instead. */
export interface RecordsHost {
  /** Saved by a browser, or sent to a chat; undefined where neither can be done, and only copying is offered. */
  readonly fileWay: 'save' | 'send' | undefined;
  readonly handOver: (file: TextFile) => Promise<boolean>;
  /** Gives a drawn canvas away as a picture: saved by a browser, shown in a mini-program's own sheet, from where it is sent or kept. */
  readonly sharePicture: (canvas: unknown, name: string) => Promise<boolean>;
  readonly copy: (text: string) => Promise<boolean>;
  /** The phone's own sheet for sharing a text; undefined where there is none. */
  readonly share: ((text: string) => Promise<boolean>) | undefined;
}

declare module 'miniprogram-compiler' {
  /** JavaScript text of a function body that returns `$gwx`. */
  export function wxmlToJs(folder: string): string;
  export function wxssToJs(folder: string): string;
}

import { malformed } from './malformed';

/** Where the columns stand in this file, by their names in the header. */
export class ColumnMap {
  private readonly places = new Map<string, number>();
  readonly count: number;
  private readonly line: number;

  /** @throws AppError bill.malformed: a name that stands twice */
  constructor(names: readonly string[], line: number) {
    this.count = names.length;
    this.line = line;
    for (const [place, name] of names.entries()) {
      if (name === '') continue;
      if (this.places.has(name)) throw malformed(`column ${name} twice`, line);
      this.places.set(name, place);
    }
  }

  /** @throws AppError bill.malformed: no such column */
  need(name: string): number {
    const place = this.places.get(name);
    if (place === undefined) throw malformed(`no column ${name}`, this.line);
    return place;
  }

  /** -1: no such column. */
  find(name: string): number {
    return this.places.get(name) ?? -1;
  }

  /** Those of the names that the file has. */
  those(names: readonly string[]): readonly number[] {
    return names.map((name) => this.find(name)).filter((place) => place >= 0);
  }
}

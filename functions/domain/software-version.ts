/** Whether the dotted numbers of `version` come before those of `oldest`: 2.9 before 2.10, and 2 the same as 2.0. */
export function isOlder(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let place = 0; place < Math.max(have.length, want.length); place += 1) {
    const difference = (have[place] ?? 0) - (want[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

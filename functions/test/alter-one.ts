/** A copy with one of its numbers, texts or flags changed, anywhere within; `choice` says which. */
export function alterOne<T extends object>(value: T, choice: number): T {
  const copy = structuredClone(value);
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (holder: object): void => {
    for (const [key, member] of Object.entries(holder)) {
      if (typeof member === 'object' && member !== null) walk(member);
      // Members are read and changed by name: the walk cannot know their types.
      else places.push({ holder: holder as Record<string, unknown>, key });
    }
  };
  walk(copy);
  const place = places[choice % places.length];
  if (place === undefined) throw new Error('there is no value to change');
  const member = place.holder[place.key];
  place.holder[place.key] = typeof member === 'number' ? member + 1 : typeof member === 'boolean' ? !member : `${String(member)}x`;
  return copy;
}

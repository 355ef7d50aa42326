/** A law of the passbook was broken: what every simulation looks for. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

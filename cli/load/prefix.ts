/** How many numbers from the first on have been added, when they come in any order. */
export class Prefix {
  readonly #beyond = new Set<number>();
  #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  add(index: number): void {
    this.#beyond.add(index);
    while (this.#beyond.delete(this.#length)) this.#length++;
  }
}

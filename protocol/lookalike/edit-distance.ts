/**
 * Edit distance with swapped neighbours as one step (Damerau-Levenshtein, optimal string alignment), up to a bound.
 * Guarantees: work in proportion to the shorter length and the bound, however long the texts are.
 */

/** Whether the texts, as lists of characters, are at most `bound` insertions, deletions, replacements and swaps apart. */
export function isWithin(one: readonly string[], other: readonly string[], bound: number): boolean {
  if (Math.abs(one.length - other.length) > bound) return false;
  const far = bound + 1;
  let beforeLast: number[] = [];
  let last = other.map((_, at) => Math.min(at, far)).concat(Math.min(other.length, far));
  for (let row = 1; row <= one.length; row++) {
    const current = new Array<number>(other.length + 1).fill(far);
    if (row <= bound) current[0] = row;
    for (let at = Math.max(1, row - bound); at <= Math.min(other.length, row + bound); at++) {
      const same = one[row - 1] === other[at - 1];
      let steps = Math.min(
        (last[at] ?? far) + 1,
        (current[at - 1] ?? far) + 1,
        (last[at - 1] ?? far) + (same ? 0 : 1),
      );
      const swapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      if (swapped) steps = Math.min(steps, (beforeLast[at - 2] ?? far) + 1);
      current[at] = Math.min(steps, far);
    }
    [beforeLast, last] = [last, current];
  }
  return (last[other.length] ?? far) <= bound;
}

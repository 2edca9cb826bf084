/**
 * Edit distance with swapped neighbours as one step (Damerau-Levenshtein, by the algorithm of Lowrance and Wagner).
 * Guarantees: at most `one.length * other.length` steps, and few where the two are soon too far apart.
 */

/** Whether the texts, as lists of characters, are at most `bound` insertions, deletions, replacements and swaps apart. */
export function isWithin(one: readonly string[], other: readonly string[], bound: number): boolean {
  return Math.abs(one.length - other.length) <= bound && distance(one, other, bound) <= bound;
}

/** The distance, or more than the bound as soon as that is certain. */
function distance(one: readonly string[], other: readonly string[], bound: number): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  // the least that any way past the present row costs: through it, or by a swap over it from a row before
  let least = 0;
  const lastRowOf = new Map<string, number>();
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    rows.push(current);
    let lastMatch = 0;
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const swapRow = lastRowOf.get(other[column - 1] ?? '') ?? 0;
      // the two that are swapped, and what was put in or left out between them
      const swapped = at(swapRow - 1, lastMatch - 1) + (row - swapRow - 1) + 1 + (column - lastMatch - 1);
      current[column] = Math.min(
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        swapRow > 0 && lastMatch > 0 ? swapped : Infinity,
      );
      if (isSame) lastMatch = column;
    }
    least = Math.min(least + 1, ...current);
    if (least > bound) return least;
    lastRowOf.set(one[row - 1] ?? '', row);
  }
  return at(one.length, other.length);
}

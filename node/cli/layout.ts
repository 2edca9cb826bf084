/** How values are laid out for people: aligned tables, labelled fields, times and sizes. Text in, text out. */

const GAP = '  ';

/** Rows under their headings, each column as wide as its widest cell; says `none` where there are no rows. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
): string {
  if (rows.length === 0) return `${none}\n`;
  return align([headings, ...rows]);
}

/** One labelled value a line. */
export function fields(values: readonly (readonly [label: string, value: string])[]): string {
  return align(values);
}

/** The time for people: UTC, to the second. */
export function when(time: string | null): string {
  return time === null ? 'never' : time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');
}

export function period({ from, until }: { readonly from: string; readonly until: string }): string {
  return `${when(from)} to ${when(until)}`;
}

/** `1 entry`, `2 entries`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function align(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join('');
}

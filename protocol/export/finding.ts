/** Something in an export that is not as it has to be: in which file, and about which entry of the log. */
export interface Finding {
  readonly file: string;
  readonly entry: number | null;
  readonly problem: string;
}

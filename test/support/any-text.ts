/** Texts of any code points, lone surrogates among them, of which half are ASCII. */
import fc from 'fast-check';

export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.nat({ max: 0x7f }),
      fc.nat({ max: 0x7f }),
      fc.nat({ max: 0x30ff }),
      fc.nat({ max: 0x10ffff }),
    ),
  )
  .map((points) => String.fromCodePoint(...points));

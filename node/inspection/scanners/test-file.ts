/**
 * The file that every scanner finds without there being any harm in it (EICAR), to tell one that looks from one that lets all
 * pass. Put together here, so that no scanner finds it in this program.
 */
export const testFile: Uint8Array = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('EICAR'),
  'latin1',
);

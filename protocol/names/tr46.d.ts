/** The part of tr46 that is used here; the package comes without types. */
declare module 'tr46' {
  interface Options {
    readonly checkHyphens?: boolean;
    readonly checkBidi?: boolean;
    readonly checkJoiners?: boolean;
    readonly useSTD3ASCIIRules?: boolean;
    readonly verifyDNSLength?: boolean;
  }
  /** UTS #46, section 4.2: the name as A-labels, or null where it is none. */
  export function toASCII(name: string, options: Options): string | null;
  /** UTS #46, section 4.3: the name as U-labels, as far as it could be converted. */
  export function toUnicode(
    name: string,
    options: Options,
  ): { readonly domain: string; readonly error: boolean };
}

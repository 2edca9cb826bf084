/**
 * The check digits of the standards, each over a string that its caller has already found to be of the right
 * characters and length. Linear and free of any table beyond their standard's.
 */

/** ISO/IEC 7812-1 annex B, the Luhn formula, over all digits. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, twice = false; at >= 0; at -= 1, twice = !twice) {
    const digit = digits.charCodeAt(at) - 48;
    const value = twice ? 2 * digit : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** The sum of the leading digits, each times its weight: the base of most national check digits. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits.charCodeAt(at) - 48), 0);
}

/** The digit at a place, counted from the end where negative. */
export function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at < 0 ? digits.length + at : at) - 48;
}

/** ISO/IEC 7064, MOD 97-10: letters count as 10 to 35. For an IBAN, its first four characters go to the end. */
export function mod97(characters: string): number {
  let rest = 0;
  for (let at = 0; at < characters.length; at += 1) {
    const code = characters.charCodeAt(at);
    rest = code < 65 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest;
}

/** ISO/IEC 7064, MOD 11,10. */
export function mod11And10(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at += 1) {
    const sum = (digitAt(digits, at) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, -1);
}

/** ISO/IEC 7064, MOD 11-2, with X for ten as last character. */
export function mod11And2(characters: string): boolean {
  let rest = 0;
  for (const character of characters) {
    rest = (rest * 2 + (character === 'X' ? 10 : Number(character))) % 11;
  }
  return rest === 1;
}

/** How the dihedral group D5 multiplies, and the permutation of its eight places (J. Verhoeff, 1969). */
const PRODUCT = [
  '0123456789', '1234067895', '2340178956', '3401289567', '4012395678',
  '5987604321', '6598710432', '7659821043', '8765932104', '9876543210',
]; // prettier-ignore
const PERMUTATION = [
  '0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258',
]; // prettier-ignore

/** Verhoeff's check digit, as Aadhaar has it. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const permuted = digitAt(PERMUTATION[at % 8] ?? '', digitAt(digits, digits.length - 1 - at));
    check = digitAt(PRODUCT[check] ?? '', permuted);
  }
  return check === 0;
}

/** The check digit of a machine-readable zone (ICAO 9303-3, 4.9): weights 7, 3, 1; letters count as 10 to 35, < as 0. */
export function icaoCheck(characters: string): number {
  let sum = 0;
  for (let at = 0; at < characters.length; at += 1) {
    const code = characters.charCodeAt(at);
    const value = code === 60 ? 0 : code < 65 ? code - 48 : code - 55;
    sum += value * ([7, 3, 1][at % 3] ?? 0);
  }
  return sum % 10;
}

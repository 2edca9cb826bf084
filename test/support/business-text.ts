/**
 * Ordinary sentences of business, full of numbers that are nobody's: amounts, dates, numbers of orders and parts,
 * tracking numbers, versions, hashes. The same with the same seed. And real prose: the READMEs of installed packages.
 */
import { globSync, readFileSync } from 'node:fs';
import type { SeededRandom } from './seeded-random.ts';

type Write = (random: SeededRandom) => string;

function from(characters: string, length: number): Write {
  return (random) => Array.from({ length }, () => random.pick(Array.from(characters))).join('');
}

const digits = (length: number): Write => from('0123456789', length);
const hex = (length: number): Write => from('0123456789abcdef', length);
const capitals = (length: number): Write => from('ABCDEFGHJKLMNPRSTUVWXYZ', length);

function two(random: SeededRandom, below: number): string {
  return String(random.between(1, below)).padStart(2, '0');
}

function date(random: SeededRandom): string {
  const [year, month, day] = [String(random.between(2015, 2030)), two(random, 13), two(random, 29)];
  return random.pick([
    `${year}-${month}-${day}`, `${day}.${month}.${year}`, `${day}/${month}/${year}`, `${month}/${day}/${year}`, `${year}${month}${day}`,
    `${day} March ${year}`, `${year}-${month}-${day}T${two(random, 24)}:${two(random, 60)}:${two(random, 60)}Z`,
  ]); // prettier-ignore
}

function amount(random: SeededRandom): string {
  const [thousands, rest, cents] = [String(random.between(1, 999)), digits(3)(random), digits(2)(random)];
  return random.pick([
    `EUR ${thousands}.${rest},${cents}`, `$${thousands},${rest}.${cents}`, `£${thousands},${rest},000`, `${thousands} ${rest},${cents} €`, `CHF ${thousands}'${rest}.${cents}`,
    `${thousands}${rest}${cents} yen`,
  ]); // prettier-ignore
}

const SENTENCES: readonly Write[] = [
  (r) => `Invoice ${digits(8)(r)} of ${date(r)} over ${amount(r)} is due on ${date(r)}.`,
  (r) => `Order no. ${digits(r.between(6, 12))(r)} was shipped on ${date(r)}, please confirm.`,
  (r) => `Your order ${digits(3)(r)}-${digits(7)(r)}-${digits(7)(r)} has left the warehouse.`,
  (r) => `Purchase order PO-${digits(6)(r)}, customer number ${digits(r.between(5, 11))(r)}, ${r.between(1, 900)} pieces at ${amount(r)}.`,
  (r) => `Part ${digits(3)(r)}-${digits(4)(r)}-${capitals(1)(r)} replaces ${capitals(2)(r)}${digits(6)(r)}${capitals(1)(r)} from ${date(r)}.`,
  (r) => `Article ${digits(9)(r)} and article ${digits(3)(r)}-${digits(2)(r)}-${digits(4)(r)} are out of stock.`,
  (r) => `Reach me at extension ${digits(4)(r)}, room ${digits(3)(r)}, between ${two(r, 12)}:${two(r, 60)} and ${two(r, 24)}:${two(r, 60)}.`,
  (r) => `Release ${r.between(0, 30)}.${r.between(0, 99)}.${r.between(0, 999)}-rc.${r.between(1, 9)} (build ${digits(8)(r)}) fixes #${digits(5)(r)}.`,
  (r) => `Request ${hex(8)(r)}-${hex(4)(r)}-4${hex(3)(r)}-a${hex(3)(r)}-${hex(12)(r)} failed at ${date(r)}.`,
  (r) => `Commit ${hex(40)(r)} changes ${r.between(1, 90)} files, blob ${hex(7)(r)}, sha256:${hex(64)(r)}.`,
  (r) => `UPS 1Z${capitals(3)(r)}${digits(3)(r)}${digits(10)(r)} arrives ${date(r)}; the other parcel is FedEx ${digits(12)(r)}.`,
  (r) => `DHL tracking ${digits(10)(r)}, USPS 94${digits(20)(r)}, Royal Mail ${capitals(2)(r)}${digits(9)(r)}GB.`,
  (r) => `We meet at ${r.between(-89, 89)}.${digits(6)(r)}, ${r.between(-179, 179)}.${digits(6)(r)} on ${date(r)}.`,
  (r) => `Project ${capitals(3)(r)}-${digits(4)(r)}: budget ${amount(r)}, spent ${amount(r)}, ${r.between(1, 100)} % done.`,
  (r) => `Contract ${digits(4)(r)}/${digits(4)(r)} between both parties, clause ${r.between(1, 40)}.${r.between(1, 20)}.${r.between(1, 9)}, page ${r.between(1, 400)}.`,
  (r) => `The server 10.${r.between(0, 256)}.${r.between(0, 256)}.${r.between(1, 255)}:${digits(4)(r)} answered in ${digits(3)(r)} ms at ${digits(10)(r)}${digits(3)(r)}.`,
  (r) => `Serial number ${capitals(1)(r)}${digits(9)(r)}, model ${capitals(2)(r)}-${digits(5)(r)}, made ${date(r)}.`,
  (r) => `EAN 76${digits(11)(r)}, ISBN 978-3-${digits(2)(r)}-${digits(6)(r)}-${digits(1)(r)}, ${amount(r)} each.`,
  (r) => `Figures for ${r.between(2015, 2028)}: ${digits(4)(r)} ${digits(4)(r)} ${digits(3)(r)} ${digits(5)(r)}, a plus of ${r.between(1, 40)}.${digits(1)(r)} %.`,
  (r) => `VAT ID DE${digits(9)(r)}, trade register HRB ${digits(6)(r)}, D-U-N-S ${digits(2)(r)}-${digits(3)(r)}-${digits(4)(r)}.`,
  (r) => `Ticket INC${digits(7)(r)} is with ${capitals(1)(r)}. Miller since ${date(r)}; MAC ${Array.from({ length: 6 }, () => hex(2)(r)).join(':')}.`,
  (r) => `Flight ${capitals(2)(r)}${digits(4)(r)}, booking ${capitals(6)(r)}, seat ${r.between(1, 60)}${capitals(1)(r)}, gate ${capitals(1)(r)}${two(r, 60)}.`,
  (r) => `Rechnung Nr. ${digits(10)(r)} vom ${date(r)} über ${amount(r)}, Kundennummer ${digits(8)(r)}, Lieferschein ${digits(9)(r)}.`,
  (r) => `Commande n° ${digits(9)(r)} du ${date(r)}, montant ${amount(r)}, SIRET ${digits(3)(r)} ${digits(3)(r)} ${digits(3)(r)} ${digits(5)(r)}.`,
]; // prettier-ignore

export function businessSentence(random: SeededRandom): string {
  return random.pick(SENTENCES)(random);
}

/** Their READMEs show cards and accounts. */
const ABOUT_NUMBERS = /\/(?:credit-card-type|ibantools|libphonenumber-js|stdnum)\//;

/** Sentences of prose, code blocks left out, in an order that is always the same. */
export function proseSentences(count: number): string[] {
  const sentences: string[] = [];
  for (const file of globSync('node_modules/{*,@*/*}/README.md').sort()) {
    if (ABOUT_NUMBERS.test(file)) continue;
    const prose = readFileSync(file, 'utf8').replace(/```[\s\S]*?(?:```|$)/g, '');
    sentences.push(...prose.split(/\n{2,}|(?<=[.!?])\s+/).filter((sentence) => sentence.trim().length > 20));
    if (sentences.length >= count) break;
  }
  return sentences.slice(0, count);
}

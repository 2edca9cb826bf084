/** Domains in a run of letters, digits, dots and hyphens, which can have a sentence in another script around it. */
import { readVisibleHost } from './link-target.ts';
import { hasListedSuffix } from './registrable.ts';

export interface DomainInRun {
  readonly start: number;
  readonly end: number;
  /** An IPv4 address, which is as likely a version number. */
  readonly isNumeric: boolean;
}

/** Full stops of Chinese and Japanese, which IDNA takes for dots. */
const IDEOGRAPHIC_DOT = /[。．｡]/;

/** Ideographic full stops of a run that are tried as the end of a sentence. */
const MAX_SENTENCES = 8;

const AROUND =
  /^[\p{Default_Ignorable_Code_Point}\-_.。．｡]+|[\p{Default_Ignorable_Code_Point}\-_.。．｡]+$/gu;

/** Scripts that set no spaces, with ASCII right after: a word before a domain, or the beginning of one. */
const UNSPACED_BEFORE =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Khmer}\p{scx=Lao}\p{M}]+(?=[a-z\d])/iu;

/**
 * The whole run, or else what comes before a full stop, or else each domain in ASCII within it. Where a word of a script
 * without spaces stands right before ASCII, both readings: a client could follow either.
 */
export function domainsOfRun(run: string): DomainInRun[] {
  if (!run.includes('.') && !IDEOGRAPHIC_DOT.test(run)) return [];
  let text = run;
  for (let tries = 0; tries < MAX_SENTENCES; tries++) {
    const whole = asDomain(run, text);
    if (whole) return [whole, ...withoutWord(run, whole)];
    const stop = Math.max(...['。', '．', '｡'].map((dot) => text.lastIndexOf(dot)));
    if (stop < 0) break;
    text = text.slice(0, stop);
  }
  if (/^[\0-\x7f]*$/.test(run)) return [];
  return [...run.matchAll(/[a-z\d][a-z\d._-]*/gi)].flatMap(({ 0: ascii, index }) => {
    const domain = ascii.includes('.') ? asDomain(ascii, ascii) : undefined;
    return domain ? [{ ...domain, start: index + domain.start, end: index + domain.end }] : [];
  });
}

function withoutWord(run: string, whole: DomainInRun): DomainInRun[] {
  const text = run.slice(whole.start, whole.end);
  const word = UNSPACED_BEFORE.exec(text)?.[0].length ?? 0;
  const rest = word > 0 ? asDomain(text.slice(word), text.slice(word)) : undefined;
  if (!rest) return [];
  const offset = whole.start + word;
  return [{ ...rest, start: offset + rest.start, end: offset + rest.end }];
}

/** The domain that the beginning of a run is, without what only stands around it. */
function asDomain(run: string, text: string): DomainInRun | undefined {
  const bare = text.replace(AROUND, '');
  const host = readVisibleHost(bare);
  if (!host) return undefined;
  const isNumeric = host.isAddress && host.host === bare;
  if (!isNumeric && (host.isAddress || !hasListedSuffix(host.host))) return undefined;
  const start = run.indexOf(bare);
  return { start, end: start + bare.length, isNumeric };
}

/**
 * Redaction: a text in which each finding is replaced by a mark that says what stood there. Guarantees: no character of
 * a finding is left; overlapping findings become one mark, of the one that begins first.
 */
import type { DetectorName } from './detectors.ts';
import type { Found } from './found.ts';

const CALLED: Readonly<Record<DetectorName, string>> = {
  'payment-card': 'payment card',
  iban: 'bank account',
  'national-id': 'national number',
  passport: 'passport number',
  'health-number': 'health number',
  phone: 'phone number',
  email: 'e-mail address',
  secret: 'secret',
};

/** Longer names of an organisation's own detectors are cut. */
const MAX_NAME = 40;
/** Rounds of {@link redact}. */
const MAX_ROUNDS = 8;

/** Replaces each finding by its mark, as in [payment card removed]; an organisation's own detector gives its name. */
export function mask(text: string, findings: readonly Found[]): string {
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  let masked = '';
  let done = 0;
  for (const { detector, start, end } of sorted) {
    if (start >= done) masked += `${text.slice(done, start)}[${calledOf(detector)} removed]`;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

/**
 * Masks until nothing more is found: with a finding gone, the words around it stand nearer to what is left, and may tell
 * what that is. Bounded in rounds, as a text could be made to need one for each of its numbers.
 */
export function redact(text: string, find: (text: string) => readonly Found[]): string {
  let masked = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const findings = find(masked);
    if (findings.length === 0) break;
    masked = mask(masked, findings);
  }
  return masked;
}

function calledOf(detector: string): string {
  if (Object.hasOwn(CALLED, detector)) return CALLED[detector as DetectorName];
  return detector.replace(/[[\]\n]/g, ' ').slice(0, MAX_NAME);
}

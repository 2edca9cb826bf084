/** What test messages say: for each detector something that it must find, of no real person, card or account. */
import { runInNewContext } from 'node:vm';
import type { PolicyDocument, Rule } from '../../../protocol/policy/index.ts';
import { exampleOf } from './example-of.ts';

type Contains = NonNullable<Rule['when']['contains']>[number];
type Detector = NonNullable<Contains['detector']>;

/** Milliseconds that the other engine has: it goes back and forth where that of policies does not. */
const MATCH_WITHIN_MS = 100;

interface Samples {
  readonly usual: string;
  /** By kind; null for a detector that tells no kinds apart. */
  readonly kinds: Readonly<Record<string, string>> | null;
}

/** Numbers that their issuers publish as examples, or that are well-formed and given to nobody. */
export const SAMPLES: Readonly<Record<Detector, Samples>> = {
  'payment-card': {
    usual: '4111 1111 1111 1111',
    kinds: {
      visa: '4111 1111 1111 1111',
      mastercard: '5555 5555 5555 4444',
      'american-express': '3782 822463 10005',
      discover: '6011 1111 1111 1117',
    },
  },
  iban: {
    usual: 'DE89 3704 0044 0532 0130 00',
    kinds: { DE: 'DE89 3704 0044 0532 0130 00', GB: 'GB82 WEST 1234 5698 7654 32' },
  },
  'national-id': {
    usual: 'social security number 219-09-9998',
    kinds: {
      US: 'social security number 219-09-9998',
      DE: 'Steuer-ID 86095742719',
      ES: 'DNI 12345678Z',
      IT: 'codice fiscale RSSMRA85T10A562S',
      NL: 'BSN 111222333',
      GB: 'NINO AB123456C',
      PL: 'PESEL 44051401359',
      SE: 'personnummer 811228-9874',
      BR: 'CPF 111.444.777-35',
    },
  },
  passport: { usual: 'passport no. C01X00T47', kinds: { DE: 'passport no. C01X00T47' } },
  'health-number': {
    usual: 'NHS number 943 476 5919',
    kinds: { GB: 'NHS number 943 476 5919', AU: 'Medicare 2123 45670 1' },
  },
  phone: {
    usual: '+1 202 555 0143',
    kinds: { US: '+1 202 555 0143', GB: '+44 20 7946 0958', DE: '+49 30 901820' },
  },
  email: { usual: 'canary@chancery.example', kinds: null },
  secret: { usual: 'AKIAIOSFODNN7EXAMPLE', kinds: { aws: 'AKIAIOSFODNN7EXAMPLE' } },
};

/** A text that meets an item of `contains`, whole by itself; or why none can be made. */
export type Sample = { readonly text: string; readonly isWhole: boolean } | { readonly unmade: string };

export function sampleOf(
  { detector, kinds, lexicon, pattern, atLeast }: Contains,
  document: PolicyDocument,
): Sample {
  const times = (text: string): Sample => ({
    text: Array.from({ length: atLeast }, () => text).join('\n'),
    isWhole: false,
  });
  if (detector !== undefined) return detected(detector, kinds, times);
  if (lexicon !== undefined) {
    const word = document.lexicons[lexicon]?.words[0];
    return word === undefined ? { unmade: `lexicon ${lexicon} has no words` } : times(word);
  }
  return matched(pattern ?? '', document.patterns[pattern ?? ''] ?? '', atLeast);
}

function detected(
  detector: Detector,
  asked: readonly string[] | undefined,
  times: (text: string) => Sample,
): Sample {
  const { usual, kinds } = SAMPLES[detector];
  if (asked === undefined || kinds === null) return times(usual);
  const kind = asked.find((one) => Object.hasOwn(kinds, one));
  return kind === undefined
    ? { unmade: `there is no sample of ${detector} of the kind ${asked.join(' or ')}` }
    : times(kinds[kind] ?? usual);
}

/** Held against another engine first: what does not match there was derived wrongly, and would accuse a rule that works. */
function matched(name: string, pattern: string, atLeast: number): Sample {
  const unmade = { unmade: `no example of pattern ${name} can be derived` };
  const example = exampleOf(pattern);
  if (example === undefined || example === '' || atLeast > 1) return unmade;
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const said = {
    source: pattern.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<'),
    flags: flags?.[1] ?? '',
    text: example,
  };
  try {
    const isMatched: unknown = runInNewContext('new RegExp(source, flags).test(text)', said, {
      timeout: MATCH_WITHIN_MS,
    });
    return isMatched === true ? { text: example, isWhole: true } : unmade;
  } catch {
    return unmade; // it is written otherwise there, or takes for ever
  }
}

/**
 * How long finding sensitive data takes, in milliseconds: the whole default set on ordinary messages of 4 KB, and each
 * detector on 64 KB of text made to be slow, there of the processor, as nothing else of the machine counts then. Run by hand: node scripts/bench/detect.ts
 */
import {
  DETECTORS,
  detector,
  findAll,
  patternDetector,
  wordsDetector,
  type Find,
} from '../../protocol/detect/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { quantile } from './quantile.ts';
import { Texts } from './texts.ts';

const MESSAGES = 2000;
const MESSAGE_LENGTH = 4096;
const WARM_UP = 500;
const HOSTILE_LENGTH = 65_536;
/** Each hostile text is searched this often, and the best time counts: others are the machine's. */
const REPEATS = 3;

/** What numbers stand in, in ordinary messages. */
const WITH_NUMBERS: readonly ((texts: Texts) => string)[] = [
  (texts) => `Invoice ${digits(texts, 8)} of 2026-03-${digits(texts, 2)} is over EUR ${digits(texts, 2)},${digits(texts, 3)}.50, due at 10:30.`,
  (texts) => `Order PO-${digits(texts, 6)}: part ${digits(texts, 3)}-${digits(texts, 4)}-A, tracking 1Z${digits(texts, 16)}.`,
  (texts) => `Build v2.${digits(texts, 2)}.${digits(texts, 1)}, commit ${digits(texts, 7)}, see https://wiki.acme.example/p/${digits(texts, 9)}.`,
  (texts) => `Call me at extension ${digits(texts, 4)} or write to team@acme.example, account ${digits(texts, 10)}.`,
]; // prettier-ignore

const HOSTILE: Readonly<Record<string, string>> = {
  digits: '1',
  'spaced digits': '4 ',
  'groups of four': '4111 ',
  'groups of three': '123-45-',
  'Luhn-valid cards': '4111111111111111 ',
  'valid IBANs': 'DE89370400440532013000 ',
  'IBAN heads': 'DE89 ',
  'social security numbers': 'SSN 123-45-6789 ',
  'nine digits': '123456782 ',
  'tax and health numbers': '1234567890 ',
  phones: '+442079460958 ',
  'phone heads': '+1 ',
  'pluses and digits': '+1-2-3-4-5-6-7-8-9-0-1-2-3-4-5 ',
  A: 'A',
  hyphens: '-',
  at: '@',
  'a at': 'a@',
  'a point': 'a.',
  addresses: 'a@a.aa ',
  'broken addresses': `${'a.'.repeat(30)}@${'a-'.repeat(60)}. `,
  'JWT heads': 'eyJ',
  'long JWT heads': `eyJ${'a'.repeat(4000)}.eyJ${'a'.repeat(8000)} `,
  'PEM heads': '-----BEGIN PRIVATE KEY-----',
  'PEM bodies': `-----BEGIN RSA PRIVATE KEY-----${'A'.repeat(2000)}!`,
  'PuTTY heads': 'PuTTY-User-Key-File-2: ',
  URLs: 'a://',
  'URLs with users': 'a1://b:cccc',
  passwords: 'password=',
  'key words': 'api_key secret token ',
  'tokens that fail': `ghp_${'a'.repeat(300)} sk_live_${'a'.repeat(300)}_ `,
  'full-width digits': '４',
  'soft hyphens': '4\u00ad',
  emoji: '\u{1f600}1',
  'Han characters': '密碼',
};

/** Expressions that other engines take long for: by backtracking, by the states they come to, or by a pass for each finding. */
const HARD = [
  '([a-z0-9]+[0-9 ]+){1,12}z|(.*a){10}b',
  '(?s)1.*z|1',
  '(?:[a-z1]?){95}!',
  '(?:1a|a1|a|1){0,24}(?:[1a]+|\\w{3})',
  '(?:[^!]*1[^!]{100})',
];

function digits(texts: Texts, length: number): string {
  return Array.from({ length }, () => String(Math.floor(texts.random() * 10))).join('');
}

function messageOf(texts: Texts): string {
  let text = '';
  while (text.length < MESSAGE_LENGTH) {
    const write = WITH_NUMBERS[Math.floor(texts.random() * WITH_NUMBERS.length)];
    text += `${texts.text(300)} ${write?.(texts) ?? ''}\n`;
  }
  return text.slice(0, MESSAGE_LENGTH);
}

/** Of the clock on the wall, for single messages. */
function elapsed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Of the processor, which on some machines counts in steps of milliseconds. */
function used(work: () => void): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

function report(name: string, messages: readonly string[], find: Find): void {
  for (const message of messages.slice(0, WARM_UP)) find(message);
  const times: number[] = [];
  const total = used(() => {
    for (const message of messages) times.push(elapsed(() => find(message)));
  });
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(times, share).toFixed(3));
  const mean = (total / messages.length).toFixed(3);
  console.log(`${name.padEnd(16)} 4 KB: p50 ${p50}, p99 ${p99}; of the processor ${mean} on average`);
}

function ordinary(): void {
  const texts = new Texts(1);
  const messages = Array.from({ length: MESSAGES }, () => messageOf(texts));
  report('all detectors', messages, (text) => findAll(text, DETECTORS));
  for (const name of DETECTORS) report(name, messages, detector(name));
  const accented = messages.map((message) => `Grüße – ${message.replaceAll('e', 'ä')}`);
  report('all, accented', accented, (text) => findAll(text, DETECTORS));
}

function hostile(): void {
  const finders: readonly (readonly [string, Find])[] = [
    ...DETECTORS.map((name) => [name, detector(name)] as const),
    [
      'own words',
      valueOf(wordsDetector('own words', ['a a a a a a a a a a a a b', '密密', 'project falcon'])),
    ],
    [
      'own pattern',
      valueOf(patternDetector('own pattern', String.raw`\bPRJ-\d{4,8}\b|(?i)project[ -]?(?:falcon|hawk)`)),
    ],
    ...HARD.map((pattern) => [pattern, valueOf(patternDetector(pattern, pattern))] as const),
  ];
  for (const [name, find] of finders) {
    const times = Object.entries(HOSTILE).map(([called, unit]) => {
      const text = unit.repeat(Math.ceil(HOSTILE_LENGTH / unit.length)).slice(0, HOSTILE_LENGTH);
      const best = Math.min(...Array.from({ length: REPEATS }, () => used(() => find(text))));
      return { called, best };
    });
    const [worst, second] = times.sort((a, b) => b.best - a.best);
    const told = [worst, second].map((time) => `${time?.best.toFixed(1)} (${time?.called})`);
    console.log(`${name.padEnd(40)} 64 KB of hostile text, at worst: ${told.join(', ')}`);
  }
}

ordinary();
hostile();

/**
 * What looking for imitations and links costs: with 1,000 known domains and 10,000 members, and in messages of 64 KB,
 * honest and hostile. Prints microseconds of the processor's time, for other work on the machine counts in any other.
 */
import {
  knownDomains,
  knownMembers,
  linksIn,
  lookalikeDomain,
  lookalikeName,
} from '../../protocol/lookalike/index.ts';

const DOMAINS = 1_000;
const MEMBERS = 10_000;
const MESSAGE = 65_536;
const ROUNDS = 1_000;

const SYLLABLES = [
  'ac',
  'me',
  'nor',
  'wind',
  'con',
  'to',
  'so',
  'lit',
  'ware',
  'fab',
  'ri',
  'kam',
  'tail',
  'spin',
];

/** A word that is another for each number. */
function word(number: number): string {
  let made = '';
  for (let left = number + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    made += SYLLABLES[left % SYLLABLES.length]!;
  }
  return made;
}

function measure(what: string, rounds: number, work: (round: number) => void): void {
  for (let round = 0; round < rounds / 10; round++) work(round);
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round++) work(round);
  const { user, system } = process.cpuUsage(before);
  console.log(`${what}: ${((user + system) / rounds).toFixed(1)} µs`);
}

const names = Array.from({ length: DOMAINS }, (_, at) => `${word(at)}.com`);
const people = Array.from({ length: MEMBERS }, (_, at) => ({
  name: `${word(at)} ${word(at * 7)}`,
  address: `${word(at)}@acme.example`,
}));
const domains = knownDomains(names);
const members = knownMembers(people);

measure(`preparing ${DOMAINS} domains`, 10, () => knownDomains(names));
measure(`preparing ${MEMBERS} members`, 10, () => knownMembers(people));
measure('a stranger in ASCII', ROUNDS, (round) => lookalikeDomain(`unrelated${round}.example`, domains));
measure('a stranger in Cyrillic', ROUNDS, (round) => lookalikeDomain(`посторонний${round}.example`, domains));
measure('an imitation by edit', ROUNDS, (round) => lookalikeDomain(`${word(round)}x.example`, domains));
measure('a person', ROUNDS, (round) => lookalikeName(`${word(round)} Smith`, 'x@evil.test', members));

const pieces: readonly (readonly [string, (number: number) => string])[] = [
  ['words', () => 'All words and no link at all. '],
  ['sentences with a link', (number) => `See acme${number}.com/x, please. `],
  ['domains', (number) => `a${number}.co `],
  ['domains in mixed scripts', (number) => `аcme${number}.com `],
  ['Markdown links', (number) => `[acme.com](evil${number}.test) `],
  ['brackets', () => '['],
  ['schemes', () => 'http://'],
];
for (const [what, piece] of pieces) {
  let text = '';
  for (let number = 0; text.length < MESSAGE; number++) text += piece(number);
  measure(`64 KB of ${what}, ${linksIn(text).length} links`, 5, () => linksIn(text));
}

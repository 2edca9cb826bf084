/**
 * What the shipped default policy costs: messages a second of two organisations with and without it, in rounds that take
 * turns, and the time of one decision about a message of 4 KB. CHANCERY_BENCH_MESSAGES sets how many messages each sends
 * (default 10,000). Prints one object.
 */
import { sodiumSuite } from '../../node/crypto/index.ts';
import { compilePolicyFile, readProfile } from '../../node/policy/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import type { Talk } from '../../protocol/policy/index.ts';
import { openFederation } from './federation.ts';
import { quantile } from './quantile.ts';
import { Texts } from './texts.ts';

const MESSAGES = Number(process.env['CHANCERY_BENCH_MESSAGES'] ?? 10_000);
const CHARACTERS = 1_024;
const IN_FLIGHT = 256;
const ROUNDS = 4;
const WARM_UP = 2_560;

const DECISIONS = 2_000;
const DECIDED_CHARACTERS = 4_096;

const texts = new Texts(1);
const text = texts.text(CHARACTERS);
const plain = await openFederation(text, IN_FLIGHT);
const policed = await openFederation(text, IN_FLIGHT, 'default');
await plain.round(WARM_UP);
await policed.round(WARM_UP);
const seconds = { plain: 0, policed: 0 };
for (let round = 0; round < ROUNDS; round += 1) {
  seconds.plain += await plain.round(MESSAGES / ROUNDS);
  seconds.policed += await policed.round(MESSAGES / ROUNDS);
}
await plain.close();
await policed.close();

const decisions = await decide();
console.log(
  JSON.stringify({
    messages_per_s: Math.round(MESSAGES / seconds.plain),
    messages_per_s_under_policy: Math.round(MESSAGES / seconds.policed),
    ratio: Number((seconds.plain / seconds.policed).toFixed(3)),
    decision_p50_ms: Number(quantile(decisions, 0.5).toFixed(3)),
    decision_p99_ms: Number(quantile(decisions, 0.99).toFixed(3)),
  }),
);

/** Milliseconds of each decision about messages to somebody outside, each with another text. */
async function decide(): Promise<number[]> {
  const { policy } = valueOf(compilePolicyFile(await readProfile('default'), 'default', sodiumSuite.sha256));
  const times: number[] = [];
  for (let at = -DECISIONS / 4; at < DECISIONS; at += 1) {
    const talk = talkOf(texts.text(DECIDED_CHARACTERS));
    const begin = performance.now();
    policy.decide(talk);
    if (at >= 0) times.push(performance.now() - begin);
  }
  return times;
}

function talkOf(said: string): Talk {
  return {
    ...{ id: new Uint8Array(32), direction: 'out', ownDomain: 'acme.test', conversation: 'direct', time: 0 },
    sender: { address: 'alice@acme.test', domain: 'acme.test', roles: ['member'] },
    receivers: [{ address: 'bob@partner.test', domain: 'partner.test', roles: ['member'] }],
    ...{ leastLevel: 'dnssec', texts: [{ place: 'text', text: said }], files: [] },
    firstContact: () => false,
    imitated: () => null,
    links: () => [],
  };
}

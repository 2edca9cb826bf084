/**
 * A policy tried on what was archived, when that is much: seconds for so many messages (CHANCERY_BENCH_MESSAGES, default
 * 100,000) of 200 characters, under the shipped default policy and that for finance. Prints one object.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sodiumSuite } from '../../node/crypto/index.ts';
import { Messages, Signers } from '../../node/ledger/index.ts';
import { compilePolicyFile, PastFiles, readProfile, type TalkSources } from '../../node/policy/index.ts';
import { Simulation } from '../../node/policy/simulation.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { knownDomains, knownMembers } from '../../protocol/lookalike/index.ts';
import type { Policy } from '../../protocol/policy/index.ts';
import { openBenchLedger } from './page.ts';
import { Texts } from './texts.ts';
import { BenchWriter } from './writer.ts';

const MESSAGES = Number(process.env['CHANCERY_BENCH_MESSAGES'] ?? 100_000);
const CHARACTERS = 200;
const APPEND = 1_000;
const PAGE = 256;

/** One message in so many has something in it that rules look for. */
const FOUND_EVERY = 50;
const FINDINGS = ['card 4111 1111 1111 1111', 'call my cell', 'guaranteed returns', 'SSN 123-45-6789'];

const SOURCES: TalkSources = {
  domain: 'acme.test',
  clock: () => 0,
  rolesOf: () => [],
  levelOf: () => 'dnssec',
  isContact: () => false,
  knownDomains: () => domains,
  knownMembers: () => names,
  fileOf: () => undefined,
};
const domains = knownDomains(['acme.test', 'partner.test']);
const names = knownMembers([]);

const folder = await mkdtemp(join(tmpdir(), 'chancery-simulate-'));
const { log, ledger } = await openBenchLedger(join(folder, 'archive'));
try {
  await fill();
  const [before, after] = [await policy('default'), await policy('finance')];
  const messages = new Messages(ledger);
  const noFile = (): Promise<never> => Promise.reject(new Error('no message has a file'));
  const files = new PastFiles({ files: { chunk: noFile }, inspect: noFile });
  const options = {
    ...{ ledger, messages, signers: new Signers(ledger, sodiumSuite), sources: SOURCES, files },
    steady: () => performance.now(),
  };
  const simulation = new Simulation({ ...options, suite: sodiumSuite }, before, after);
  const [begin, used] = [performance.now(), process.cpuUsage()];
  for (let next = 0; next < log.size; next += PAGE)
    for (const record of await log.read(next, PAGE)) await simulation.take(record);
  const seconds = (performance.now() - begin) / 1_000;
  const { user, system } = process.cpuUsage(used);
  const { replayed, different } = simulation.result;
  console.log(
    JSON.stringify({
      ...{ replayed, different, simulate_s: Number(seconds.toFixed(2)) },
      simulate_cpu_s: Number(((user + system) / 1_000_000).toFixed(2)),
      simulate_msgs_per_s: Math.round(replayed / seconds),
    }),
  );
} finally {
  await log.close();
  await rm(folder, { recursive: true, force: true });
}

async function policy(name: string): Promise<Policy> {
  return valueOf(compilePolicyFile(await readProfile(name), name, sodiumSuite.sha256)).policy;
}

async function fill(): Promise<void> {
  const texts = new Texts(1);
  const writer = await BenchWriter.open();
  await writer.begin(ledger);
  const messages = new Messages(ledger);
  for (let made = 0; made < MESSAGES; made += APPEND) {
    const admitted = await writer.admitted(APPEND, () => {
      const text = texts.text(CHARACTERS);
      const found = FINDINGS[Math.floor(texts.random() * FINDINGS.length)] ?? '';
      return texts.random() * FOUND_EVERY < 1 ? `${text} ${found}` : text;
    });
    await ledger.append(admitted.map((one) => messages.factOf(one)));
  }
}

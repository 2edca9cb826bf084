/**
 * A policy tried on what was archived, when that is much: a node as shipped archives so many messages
 * (CHANCERY_BENCH_MESSAGES, default 100,000) of 200 characters, and an officer then runs `chancery policy simulate` with the
 * profile for finance beside the default policy in force. Prints one object: the command's own seconds, and what the node used.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromString } from 'uint8arrays/from-string';
import { enrolNodeClient, openNodeClient } from '../../client/adapters/index.ts';
import { readProfile } from '../../node/policy/index.ts';
import { Federation, type OrganisationProcess } from '../processes/index.ts';
import { usageOf } from './process-usage.ts';
import { Sender } from './sender.ts';
import { Texts } from './texts.ts';

const MESSAGES = Number(process.env['CHANCERY_BENCH_MESSAGES'] ?? 100_000);
const CHARACTERS = 200;
const IN_FLIGHT = 256;

/** One message in so many has something in it that rules look for. */
const FOUND_EVERY = 50;
const FINDINGS = ['card 4111 1111 1111 1111', 'call my cell', 'guaranteed returns', 'SSN 123-45-6789'];

const folder = await mkdtemp(join(tmpdir(), 'chancery-simulate-'));
const federation = await Federation.start(folder, ['acme.test']);
try {
  const [acme] = federation.organisations as [OrganisationProcess];
  for (const name of ['alice', 'adam'])
    await acme.cli(['member', 'add', `${name}@acme.test`, '--name', name]);
  await acme.cli(['member', 'add', 'olive@acme.test', '--name', 'Olive', '--role', 'compliance-officer']);
  const begun = performance.now();
  await fill(acme);
  process.stderr.write(`${MESSAGES} messages archived in ${secondsSince(begun)} s\n`);
  await acme.cli(['policy', 'apply', '--profile', 'default', ...by('operator'), '--yes']);
  const file = join(folder, 'policy.yaml');
  await writeFile(file, await readProfile('finance'));
  const [begin, before] = [performance.now(), usageOf(acme.pid).cpuSeconds];
  const simulated = (await acme.cli([
    ...['policy', 'simulate', file, '--days', '1'],
    ...['--by', 'olive@acme.test', '--purpose', 'bench'],
  ])) as { readonly outcome: { readonly replayed: number; readonly different: number } };
  const simulate_s = secondsSince(begin);
  const node_cpu_s = Number((usageOf(acme.pid).cpuSeconds - before).toFixed(2));
  const { replayed, different } = simulated.outcome;
  console.log(JSON.stringify({ replayed, different, simulate_s, node_cpu_s }));
} finally {
  await federation[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}

function by(who: string): string[] {
  return ['--by', who, '--reason', 'bench'];
}

function secondsSince(begin: number): number {
  return Number(((performance.now() - begin) / 1_000).toFixed(2));
}

/** Alice writes to Adam, from a device of hers. */
async function fill(acme: OrganisationProcess): Promise<void> {
  const home = join(folder, 'alice');
  const { invitation } = await acme.call('member.invite', { address: 'alice@acme.test' });
  await enrolNodeClient({ home, invitation, label: 'bench' });
  const client = await openNodeClient({ home });
  await client.connect();
  const { id, sent } = await client.createConversation({ type: 'direct', members: ['adam@acme.test'] });
  await sent;
  await client.close();
  const texts = new Texts(1);
  const sender = await Sender.open(home, fromString(id, 'hex'));
  await sender.send(
    () => {
      const text = texts.text(CHARACTERS);
      const found = FINDINGS[Math.floor(texts.random() * FINDINGS.length)] ?? '';
      return texts.random() * FOUND_EVERY < 1 ? `${text} ${found}` : text;
    },
    MESSAGES,
    IN_FLIGHT,
  );
  await sender.close();
}

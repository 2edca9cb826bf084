/**
 * Two organisations as real processes, one sender: messages a second until the last receipt is in, the time of one
 * message at low load, and what the nodes cost. Everything is as shipped: synced on both sides, nothing tuned.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolNodeClient, openNodeClient } from '../../client/adapters/index.ts';
import type { Client } from '../../client/index.ts';
import { fromString } from 'uint8arrays/from-string';
import { Federation, type OrganisationProcess } from '../processes/index.ts';
import { usageOf } from './process-usage.ts';
import { quantile } from './quantile.ts';
import { Sender } from './sender.ts';

/** Messages before the measure begins: the nodes' code is compiled while it runs, and a node runs for weeks. */
const WARM_UP = 5_000;
const LOW_LOAD = 200;

export interface FederationFigures {
  readonly throughput: number;
  readonly latencyP50: number;
  readonly latencyP99: number;
  readonly cpuSecondsPer10k: number;
  readonly rssMegabytes: readonly number[];
}

export async function measureFederation(load: {
  readonly messages: number;
  readonly bytes: number;
  readonly inFlight: number;
}): Promise<FederationFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-bench-'));
  await using federation = await Federation.start(folder, ['acme.test', 'partner.test']);
  const [acme, partner] = federation.organisations as [OrganisationProcess, OrganisationProcess];
  try {
    await partner.cli(['member', 'add', 'bob@partner.test', '--name', 'Bob']);
    const home = join(folder, 'alice');
    const client = await enrol(acme, home);
    const { id, sent } = await client.createConversation({ type: 'direct', members: ['bob@partner.test'] });
    await sent;
    await client.synced();
    const latencies = await latency(client, id, 'x'.repeat(load.bytes));
    await client.close();
    const sender = await Sender.open(home, fromString(id, 'hex'));
    try {
      return { ...(await measure(sender, acme, partner, load)), ...latencies };
    } finally {
      await sender.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  sender: Sender,
  acme: OrganisationProcess,
  partner: OrganisationProcess,
  { messages, bytes, inFlight }: Parameters<typeof measureFederation>[0],
): Promise<Pick<FederationFigures, 'throughput' | 'cpuSecondsPer10k' | 'rssMegabytes'>> {
  const text = 'x'.repeat(bytes);
  await sender.send(text, WARM_UP, inFlight);
  await drained(acme);
  const before = [usageOf(acme.pid), usageOf(partner.pid)];
  const begin = performance.now();
  await sender.send(text, messages, inFlight);
  await drained(acme);
  const seconds = (performance.now() - begin) / 1000;
  const after = [usageOf(acme.pid), usageOf(partner.pid)];
  const cpu = after.reduce(
    (sum, usage, index) => sum + usage.cpuSeconds - (before[index]?.cpuSeconds ?? 0),
    0,
  );
  return {
    throughput: messages / seconds,
    cpuSecondsPer10k: (cpu / messages) * 10_000,
    rssMegabytes: after.map((usage) => usage.rssMegabytes),
  };
}

/** Every receipt is in when the partner's backlog is empty. */
async function drained(acme: OrganisationProcess): Promise<void> {
  for (;;) {
    const status = await acme.call('status', {});
    if (status.partners.every((partner) => partner.backlog === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 50)); // each look costs the node something
  }
}

/** One message after the other: from sending until its receipt reaches the sender, in milliseconds. */
async function latency(
  client: Client,
  conversation: string,
  text: string,
): Promise<Pick<FederationFigures, 'latencyP50' | 'latencyP99'>> {
  const times: number[] = [];
  const receipts = new Map<string, () => void>();
  const follow = (async (): Promise<void> => {
    for await (const event of client.messages()) {
      if (event.type !== 'delivery') continue;
      receipts.get(event.message)?.();
      if (times.length >= LOW_LOAD - 1) return;
    }
  })();
  for (let sample = 0; sample < LOW_LOAD; sample += 1) {
    const begin = performance.now();
    const sending = await client.send(conversation, text);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    receipts.set(sending.id, () => resolve(undefined));
    await promise;
    times.push(performance.now() - begin);
  }
  await follow;
  return { latencyP50: quantile(times, 0.5), latencyP99: quantile(times, 0.99) };
}

async function enrol(acme: OrganisationProcess, home: string): Promise<Client> {
  await acme.cli(['member', 'add', 'alice@acme.test', '--name', 'Alice']);
  const { invitation } = await acme.call('member.invite', { address: 'alice@acme.test' });
  await enrolNodeClient({ home, invitation, label: 'bench' });
  const client = await openNodeClient({ home });
  await client.connect();
  return client;
}

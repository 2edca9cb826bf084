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

const LOW_LOAD = 200;

/** What the nodes have cost so far. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssMegabytes: readonly number[];
}

export interface Latency {
  /** Milliseconds from sending one message until its receipt reaches the sender. */
  readonly p50: number;
  readonly p99: number;
}

/** Two organisations and a sender, ready to be driven round by round. */
export interface BenchFederation {
  readonly latency: Latency;
  /** Sends so many messages; resolves with the seconds until the last receipt is in. */
  readonly round: (messages: number) => Promise<number>;
  readonly usage: () => Usage;
  readonly close: () => Promise<void>;
}

/**
 * Starts both organisations, under a policy that is shipped or none, and measures the latency; at most `inFlight` messages are
 * not yet archived.
 */
export async function openFederation(
  text: string,
  inFlight: number,
  profile: string | null = null,
): Promise<BenchFederation> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-bench-'));
  const federation = await Federation.start(folder, ['acme.test', 'partner.test']);
  const [acme, partner] = federation.organisations as [OrganisationProcess, OrganisationProcess];
  const clean = async (): Promise<void> => {
    await federation[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (profile !== null)
      for (const organisation of [acme, partner])
        await organisation.cli([
          ...['policy', 'apply', '--profile', profile],
          ...['--by', 'operator', '--reason', 'bench', '--yes'],
        ]);
    await partner.cli(['member', 'add', 'bob@partner.test', '--name', 'Bob']);
    const home = join(folder, 'alice');
    const client = await enrol(acme, home);
    const { id, sent } = await client.createConversation({ type: 'direct', members: ['bob@partner.test'] });
    await sent;
    await client.synced();
    const latency = await measureLatency(client, id, text);
    await client.close();
    const sender = await Sender.open(home, fromString(id, 'hex'));
    return {
      latency,
      async round(messages) {
        const begin = performance.now();
        await sender.send(() => text, messages, inFlight);
        await drained(acme);
        return (performance.now() - begin) / 1000;
      },
      usage() {
        const both = [usageOf(acme.pid), usageOf(partner.pid)];
        return {
          cpuSeconds: both.reduce((sum, usage) => sum + usage.cpuSeconds, 0),
          rssMegabytes: both.map((usage) => usage.rssMegabytes),
        };
      },
      async close() {
        await sender.close();
        await clean();
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Every receipt is in when the partner's backlog is empty. */
async function drained(acme: OrganisationProcess): Promise<void> {
  for (;;) {
    const status = await acme.call('status', {});
    if (status.partners.every((partner) => partner.backlog === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 50)); // each look costs the node something
  }
}

/** One message after the other: from sending until its receipt reaches the sender. */
async function measureLatency(client: Client, conversation: string, text: string): Promise<Latency> {
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
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

async function enrol(acme: OrganisationProcess, home: string): Promise<Client> {
  await acme.cli(['member', 'add', 'alice@acme.test', '--name', 'Alice']);
  const { invitation } = await acme.call('member.invite', { address: 'alice@acme.test' });
  await enrolNodeClient({ home, invitation, label: 'bench' });
  const client = await openNodeClient({ home });
  await client.connect();
  return client;
}

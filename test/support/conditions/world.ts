/**
 * Three organisations whose members write to each other, of which only acme.test has a policy: partner.test, and acrne.test, which
 * looks like it, has no DNSSEC and is pinned. What each policy comes to is looked at on both sides.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../../../client/index.ts';
import { DnsTree } from '../../../scripts/dns/index.ts';
import { applyPolicy, NO_POLICY } from '../policing.ts';
import { joinClient, type TestClient } from '../test-client.ts';
import { federate, startTestNode, type TestDns, type TestNode } from '../test-node.ts';
import { until } from '../until.ts';

const MEMBERS = {
  alice: ['acme.test', 'Alice Arden', ['member', 'trader']],
  adam: ['acme.test', 'Adam Archer', ['member', 'analyst']],
  bob: ['partner.test', 'Bob Baker', ['member', 'broker']],
  // as one of ours is called
  bea: ['partner.test', 'Adam Archer', ['member']],
  carl: ['acrne.test', 'Carl Cole', ['member']],
} as const;

type Name = keyof typeof MEMBERS;

const CONVERSATIONS = {
  quay: ['alice', 'adam', 'bob', 'bea'],
  direct: ['alice', 'bob'],
  other: ['bob', 'adam'],
  inner: ['alice', 'adam'],
  weak: ['alice', 'carl'],
} as const satisfies Record<string, readonly Name[]>;

type Conversation = keyof typeof CONVERSATIONS;

export type Direction = 'out' | 'in';

/** Who writes, and where. */
export type Place = readonly [by: Name, into: Conversation];

export interface Sent {
  readonly id: string;
  readonly place: Place;
  readonly outcome: Outcome;
}

/** Something that is said or sent, at its place for this direction. */
export type Act = (world: World, direction: Direction) => Promise<Sent>;

type Places = Partial<Record<Direction, Place>>;

const USUAL = { out: ['alice', 'quay'], in: ['bob', 'quay'] } as const;

export function say(text: string, places: Places = {}): Act {
  return async (world, direction) => {
    const place = places[direction] ?? USUAL[direction];
    const { client } = world.clients[place[0]];
    const { id, sent } = await client.send(world.conversations[place[1]], text);
    return { id, place, outcome: await sent };
  };
}

export interface Attached {
  readonly name: string;
  readonly type?: string;
  readonly bytes: Uint8Array;
}

export function attach({ name, type = 'application/octet-stream', bytes }: Attached): Act {
  return async (world, direction) => {
    const place = USUAL[direction];
    const read = (at: number, length: number): Promise<Uint8Array> =>
      Promise.resolve(bytes.subarray(at, at + length));
    const { client } = world.clients[place[0]];
    const file = { name, type, size: bytes.length, read };
    const { id, sent } = await client.attach(world.conversations[place[1]], file);
    return { id, place, outcome: await sent };
  };
}

export class World {
  readonly dns: TestDns;
  readonly acme: TestNode;
  readonly partner: TestNode;
  readonly weak: TestNode;
  readonly clients: Readonly<Record<Name, TestClient>>;
  readonly conversations: Readonly<Record<Conversation, string>>;
  /** What acme.test refused of what each of the others delivered: the ids, in hex. */
  readonly refused: ReadonlyMap<string, string[]> = new Map([
    ['partner.test', []],
    ['acrne.test', []],
  ]);
  readonly #scanner: string;
  /** How far the feed of each device was read, and the messages in it by their ids. */
  readonly #read = new Map<Name, { position: string; readonly ids: Set<string> }>();

  private constructor(
    parts: Pick<World, 'dns' | 'acme' | 'partner' | 'weak' | 'clients' | 'conversations'>,
    scanner: string,
  ) {
    ({
      dns: this.dns,
      acme: this.acme,
      partner: this.partner,
      weak: this.weak,
      clients: this.clients,
      conversations: this.conversations,
    } = parts);
    this.#scanner = scanner;
  }

  static async start(): Promise<World> {
    const zones = ['test', 'acme.test', 'partner.test', { name: 'acrne.test', signed: false }];
    const tree = new DnsTree({ zones });
    const dns = { tree, server: await tree.serve() };
    const scanner = await mkdtemp(join(tmpdir(), 'chancery-scanner-'));
    // which is not there before a test puts it there
    const scanners = [{ name: 'clamd', clamd: { path: join(scanner, 'socket') } }];
    const acme = await startTestNode(dns, 'acme.test', { requireLevel: 'pinned', scanners });
    const partner = await startTestNode(dns, 'partner.test');
    const weak = await startTestNode(dns, 'acrne.test');
    await federate(acme, partner);
    await pin(acme, weak);
    const nodes = { 'acme.test': acme, 'partner.test': partner, 'acrne.test': weak };
    const joined: [string, TestClient][] = [];
    for (const [local, [domain, name, roles]] of Object.entries(MEMBERS)) {
      const address = `${local}@${domain}`;
      await nodes[domain].operations['member.add']({ address, name, roles: [...roles] });
      joined.push([local, await joinClient(nodes[domain], address, name)]);
    }
    const clients = Object.fromEntries(joined) as Record<Name, TestClient>;
    const made: [string, string][] = [];
    for (const [title, names] of Object.entries(CONVERSATIONS))
      made.push([title, await begin(clients, title, names)]);
    const conversations = Object.fromEntries(made) as Record<Conversation, string>;
    return new World({ dns, acme, partner, weak, clients, conversations }, scanner);
  }

  async stop(): Promise<void> {
    for (const client of Object.values(this.clients)) await client[Symbol.asyncDispose]();
    for (const node of [this.acme, this.partner, this.weak]) await node.stop();
    await this.dns.server.stop();
    await rm(this.#scanner, { recursive: true });
  }

  /** From now on acme.test has its files scanned by the clamd at this socket. */
  async scanWith(path: string): Promise<void> {
    await symlink(path, join(this.#scanner, 'socket'));
  }

  /** That it is delivered to everybody it was written to. */
  async isDelivered(act: Act, direction: Direction): Promise<void> {
    const sent = await act(this, direction);
    assert.equal(sent.outcome.state, 'archived', JSON.stringify(sent.outcome));
    for (const reader of readersOf(sent))
      await until(`${reader} to see it`, () => this.isShown(sent, reader));
  }

  /** That it is refused: our member is told why; others are told by us that it was, after their own organisation let it go. */
  async isBlocked(act: Act, direction: Direction): Promise<Sent> {
    const sent = await act(this, direction);
    if (direction === 'out') {
      assert.equal('code' in sent.outcome && sent.outcome.code, 'policy.blocked');
      assert.match('text' in sent.outcome ? sent.outcome.text : '', /Not that/);
      return sent;
    }
    assert.equal(sent.outcome.state, 'archived', 'their own organisation lets it go');
    const { client } = this.clients[sent.place[0]];
    const [delivery] = await until('an answer', async () => {
      const deliveries = await client.deliveries(sent.id);
      return deliveries.length > 0 && deliveries;
    });
    assert.deepEqual(delivery?.outcome, {
      ...{ state: 'refused', code: 'policy.blocked' },
      text: 'the policy of acme.test does not let this in',
    });
    this.refused.get(MEMBERS[sent.place[0]][0])?.push(sent.id);
    return sent;
  }

  /** That it is archived and waits. */
  async isHeld(act: Act, direction: Direction): Promise<Sent> {
    const sent = await act(this, direction);
    assert.equal(sent.outcome.state, 'archived');
    if (direction === 'out') assert.equal('held' in sent.outcome && sent.outcome.held, true);
    const { messages } = this.acme.node.organisation;
    const id = Buffer.from(sent.id, 'hex');
    await until('it in our archive', () => messages.position(id) !== undefined);
    assert.equal(messages.isHeld(id), true);
    return sent;
  }

  /** That nobody whom it had to pass us for was shown it, although what was sent after it has come. */
  async isShownToNobody(all: readonly Sent[], direction: Direction): Promise<void> {
    await applyPolicy(this.acme, NO_POLICY);
    for (const place of new Map(all.map(({ place: one }) => [one.join(), one])).values())
      await this.isDelivered(say('all clear', { [direction]: place }), direction);
    for (const sent of all)
      for (const reader of readersOf(sent))
        if (direction === 'out' || isOurs(reader))
          assert.equal(await this.isShown(sent, reader), false, `${reader} sees it`);
  }

  async isShown({ id }: Sent, reader: Name): Promise<boolean> {
    const { client } = this.clients[reader];
    const read = this.#read.get(reader) ?? { position: '', ids: new Set() };
    this.#read.set(reader, read);
    if (client.position !== read.position)
      for await (const event of client.stored(read.position)) {
        read.position = event.position;
        if (event.type === 'message') read.ids.add(event.id);
      }
    return read.ids.has(id);
  }
}

function readersOf({ place: [by, into] }: Sent): readonly Name[] {
  return CONVERSATIONS[into].filter((name) => name !== by);
}

function isOurs(name: Name): boolean {
  return MEMBERS[name][0] === 'acme.test';
}

/** Partners although one of them looks like the other, and has nothing but the fingerprint of its root to show for itself. */
async function pin(acme: TestNode, weak: TestNode): Promise<void> {
  const term = (of: TestNode) => ({
    ...{ domain: of.settings.domain, rootId: of.made.rootId, addresses: of.node.host.addresses },
    shareDirectory: 'none' as const,
  });
  await acme.operations['partner.add']({
    ...term(weak),
    ...{ pin: weak.made.rootId, althoughLike: 'acme.test' },
  });
  await weak.operations['partner.add']({ ...term(acme), althoughLike: 'acrne.test' });
}

async function begin(
  clients: Readonly<Record<Name, TestClient>>,
  title: string,
  [first, ...others]: readonly Name[],
): Promise<string> {
  const { client } = clients[first ?? 'alice'];
  const members = others.map((name) => `${name}@${MEMBERS[name][0]}`);
  const isDirect = title === 'direct' || title === 'other';
  const { id, sent } = await client.createConversation(
    isDirect ? { type: 'direct', members } : { type: 'group', title, members },
  );
  assert.equal((await sent).state, 'archived');
  for (const name of others)
    await until('the conversation', async () => (await clients[name].client.conversation(id)) !== undefined);
  return id;
}

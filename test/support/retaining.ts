/**
 * An archive with everything that keeps and disposes of messages, and a clock that a test moves: no node and no network.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Level } from 'level';
import { pino } from 'pino';
import { ArchiveLog } from '../../node/archive/index.ts';
import { IncomingFiles, SealedFiles, type FileKey } from '../../node/attachments/index.ts';
import { Custody } from '../../node/custody/index.ts';
import { platform } from '../../node/composition/platform.ts';
import { sodiumX25519 } from '../../node/crypto/index.ts';
import {
  DataKeys,
  fact,
  isListed,
  ledgerOn,
  Members,
  Messages,
  Partners,
  type Fact,
  type RecordOf,
  type Ledger,
} from '../../node/ledger/index.ts';
import {
  openRetaining,
  USUAL_POLICY,
  type Retaining,
  type RetentionPolicy,
} from '../../node/retention/index.ts';
import { sealingUnder, WindowKeys } from '../../node/sealing/index.ts';
import { advance, type Conversation } from '../../protocol/conversation/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { chunksOf, type Content, type FileInfo, type VerifiedMessage } from '../../protocol/message/index.ts';
import { chunkAt, makeFile } from './files.ts';
import { keysIn } from './keys-in.ts';
import { messageOf } from './messages.ts';

export const DAY = 86_400_000;
export const SECOND = 1_000;
const BEGAN = Date.UTC(2026, 0, 10);
const DOMAIN = 'acme.test';

/** A policy whose default has these days. */
export function policyOf(
  floorDays: number,
  ceilingDays: number | null,
  schedules: RetentionPolicy['schedules'] = [],
): RetentionPolicy {
  const [usual] = USUAL_POLICY.schedules;
  if (usual === undefined) throw new Error('there is no usual schedule');
  return { ...USUAL_POLICY, schedules: [...schedules, { ...usual, floorDays, ceilingDays }] };
}

export interface Said {
  readonly sequence: number;
  readonly id: Uint8Array;
}

export interface Attached extends Said {
  /** The hash of the sealed file, and where it lies. */
  readonly sealed: Uint8Array;
  readonly path: string;
  readonly plain: Uint8Array;
  readonly file: FileInfo;
}

/** What is on record of a file, but for which one it is. */
export type ArchivedInspection = Omit<RecordOf<'inspection'>, 'message' | 'digest'>;

export class RetainingWorld {
  readonly folder: string;
  readonly #archiveKey = new Uint8Array(32).fill(9);
  #now = BEGAN;
  #steady = 0;
  /** The bodies of `create` messages, by conversation. */
  readonly #origins = new Map<string, Uint8Array>();
  ledger!: Ledger;
  members!: Members;
  messages!: Messages;
  partners!: Partners;
  dataKeys!: DataKeys;
  retaining!: Retaining;
  files!: SealedFiles;
  incoming!: IncomingFiles;
  /** Up to when what had to go may go. */
  mayGoUntil: () => number = () => Infinity;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(t: TestContext, policy: RetentionPolicy): Promise<RetainingWorld> {
    const world = new RetainingWorld(await mkdtemp(join(tmpdir(), 'chancery-retaining-')));
    await world.open(policy);
    t.after(async () => {
      await world.close();
      await rm(world.folder, { recursive: true, force: true });
    });
    return world;
  }

  get log(): ArchiveLog {
    return this.ledger.log;
  }

  /** What lies in a folder, as it was left at a time. */
  static async at(folder: string, policy: RetentionPolicy, now: number): Promise<RetainingWorld> {
    const world = new RetainingWorld(folder);
    world.#now = now;
    await world.open(policy);
    return world;
  }

  get now(): number {
    return this.#now;
  }

  /** Opens it as a node does at its start, but for the work that it then does by itself. */
  async open(policy: RetentionPolicy): Promise<void> {
    const { randomBytes, suite } = platform;
    const clock = (): number => this.#now;
    const sealing = sealingUnder(this.#archiveKey, randomBytes);
    const log = await ArchiveLog.open({
      location: join(this.folder, 'archive'),
      origin: `${DOMAIN}/chancery`,
      sha256: suite.sha256,
      sealer: sealing.entries,
      clock,
      randomBytes,
      isListed,
    });
    const ledger = ledgerOn(log, DOMAIN, suite.sha256, sealing.views);
    const [members, partners, messages] = [
      new Members(ledger),
      new Partners(ledger, suite.sha256),
      new Messages(ledger),
    ];
    const windows = await WindowKeys.open(await keysIn(join(this.folder, 'keys'), {}), randomBytes);
    const dataKeys: DataKeys = new DataKeys({
      ledger,
      windows,
      officers: () => custody.officers,
      x25519: sodiumX25519,
      randomBytes,
    });
    const quiet = pino({ level: 'silent' });
    const custody = new Custody({
      ledger,
      dataKeys,
      windows,
      members,
      partners,
      messages,
      deliveryDays: 36_500,
      onWindow: () => undefined,
      clock,
      log: quiet,
    });
    sealing.entries.useDataKeys(dataKeys.find);
    await custody.open();
    ledger.useDataKeys(dataKeys);
    const files = await SealedFiles.open(join(this.folder, 'attachments'));
    const incoming = new IncomingFiles({ files, refuse: () => undefined, randomBytes, now: () => log.now });
    const steady = (): number => this.#steady;
    const retaining = openRetaining({
      ledger,
      members,
      messages,
      partners,
      dataKeys,
      files,
      policy,
      mayGoUntil: () => this.mayGoUntil(),
      clock,
      steady,
      log: quiet,
    });
    await retaining.effects.run();
    Object.assign(this, {
      ledger,
      members,
      messages,
      partners,
      dataKeys,
      retaining,
      custody,
      files,
      incoming,
    });
  }

  async close(): Promise<void> {
    await this.retaining.stop();
    await this.log.close();
  }

  /** Stops it, and starts it again, perhaps under another policy. */
  async reopen(policy: RetentionPolicy): Promise<void> {
    await this.close();
    await this.open(policy);
  }

  /** Sets the clock, as who has root may; no time passes by that. */
  jump(days: number): void {
    this.#now += days * DAY;
  }

  /** Goes round the program: changes rows of the database, or deletes them, while the archive is closed; it stays so. */
  async tamper(
    isMeant: (key: Uint8Array) => boolean,
    value: Uint8Array | undefined,
    ...rows: (readonly [Uint8Array, Uint8Array])[]
  ): Promise<void> {
    await this.close();
    const options = { keyEncoding: 'view', valueEncoding: 'view' } as const;
    const db = new Level<Uint8Array, Uint8Array>(join(this.folder, 'archive'), options);
    for await (const key of db.keys()) {
      if (!isMeant(key)) continue;
      if (value === undefined) await db.del(key);
      else await db.put(key, value);
    }
    for (const [key, stored] of rows) await db.put(key, stored);
    await db.close();
  }

  /** Lets time pass with a node that records something each day. */
  async live(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= DAY) {
      const step = Math.min(left, DAY);
      this.#now += step;
      this.#steady += step;
      await (this as unknown as { custody: Custody }).custody.open();
      await this.ledger.administer('test', 'live', '');
    }
  }

  /** Records so many things that are no messages. */
  async fill(count: number): Promise<void> {
    const filling = Array.from({ length: count }, (_, at) => this.ledger.administer('test', 'fill', `${at}`));
    await Promise.all(filling);
  }

  /** Agrees with a partner: messages to its people wait until it acknowledges them. */
  async agree(domain: string): Promise<void> {
    const record = {
      domain,
      state: 'active' as const,
      statement: new Uint8Array(1),
      rootId: '',
      pinned: false,
      addresses: [],
      since: this.#now,
    };
    await this.ledger.append([fact('agreement', record)]);
  }

  /** Records a partner's receipt for a message. */
  async acknowledge(domain: string, { sequence, id }: Said, sender = 'alice@acme.test'): Promise<void> {
    const receipt = { from: domain } as Parameters<Messages['acknowledge']>[0];
    const sent = { row: sequence, sequence, id, sender, device: new Uint8Array(32) };
    await this.messages.acknowledge(receipt, new Uint8Array(1), [sent]);
  }

  async member(address: string, roles: readonly string[] = ['member']): Promise<void> {
    const act = { actor: 'test', reason: '', at: this.#now };
    valueOf(await this.members.add({ address, name: address, roles: [...roles] }, act));
  }

  /** Starts a conversation. */
  async create(members: readonly string[], type: 'direct' | 'group' = 'direct'): Promise<Uint8Array> {
    const content: Content = { kind: 'create', type, title: '', members: [...members].sort() };
    return (await this.#archive(content, null, members[0] ?? '')).id;
  }

  async say(conversation: Uint8Array, text: string, sender = 'alice@acme.test'): Promise<Said> {
    return this.#archive({ kind: 'text', text }, conversation, sender);
  }

  /** A message that rules hold, of Alice where nobody else is named; where the decision is. */
  async hold(
    conversation: Uint8Array,
    text: string,
    rules: readonly string[],
    sender?: string,
  ): Promise<Said & { readonly decision: number }> {
    const { id, facts } = await this.held(conversation, text, rules, sender);
    const { first } = await this.ledger.append(facts);
    return { decision: first, sequence: first + 1, id };
  }

  /** The same, to be recorded: the decision, then the message. */
  async held(
    conversation: Uint8Array,
    text: string,
    rules: readonly string[],
    sender = 'alice@acme.test',
  ): Promise<{ readonly id: Uint8Array; readonly facts: readonly Fact[] }> {
    const content: Content = { kind: 'text', text };
    const message = (await messageOf(content, { conversation, sender, time: this.#now })) as VerifiedMessage;
    const after = this.messages.conversation(conversation);
    if (after === undefined) throw new Error('there is no such conversation');
    const direction = sender.endsWith(`@${DOMAIN}`) ? 'out' : 'in';
    const reasons = rules.map((rule) => {
      const control = rule.startsWith('report:') ? 'report' : direction === 'in' ? 'contact' : 'content';
      return { rule, control, outcome: 'hold', findings: [], found: 0 } as const;
    });
    const facts = [
      fact('decision', {
        ...{ message: message.id, conversation, sender, direction, policy: 1, outcome: 'hold' },
        ...{ flagged: false, reasons: reasons.map((one) => ({ ...one, findings: [] })), confirmed: null },
      }),
      this.messages.factOf({ message, before: after, after, via: null }, { held: true }),
    ];
    return { id: message.id, facts };
  }

  /** Sends a file, or one of so many bytes, along with its message; where it lies sealed then. */
  async attach(
    conversation: Uint8Array,
    bytes: number | ReturnType<typeof makeFile>,
    inspected?: ArchivedInspection,
  ): Promise<Attached> {
    const sender = 'alice@acme.test';
    const { file, bytes: plain } = typeof bytes === 'number' ? makeFile(bytes) : bytes;
    valueOf(await this.incoming.begin(sender, file));
    for (let index = 0; index < chunksOf(file); index += 1)
      valueOf(await this.incoming.put(sender, file.digest, index, chunkAt(plain, index)));
    const claim = this.incoming.claim(sender, file);
    if (claim === undefined) throw new Error('the file is not whole');
    const content: Content = { kind: 'attachment', text: '', file };
    const said = await this.#archive(content, conversation, sender, { key: claim.key, inspected });
    claim.done();
    return { ...said, sealed: claim.key.sealed, path: this.files.path(claim.key.sealed), plain, file };
  }

  /** Sets who is in a group from then on. */
  async change(conversation: Uint8Array, members: readonly string[]): Promise<Said> {
    const before = this.messages.conversation(conversation);
    if (before === undefined) throw new Error('there is no such conversation');
    const revision = before.revision + 1;
    const origin = this.#origins.get(Buffer.from(conversation).toString('hex')) ?? new Uint8Array();
    const content: Content = {
      kind: 'membership',
      origin,
      revision,
      title: '',
      members: [...members].sort(),
    };
    return this.#archive(content, conversation, 'alice@acme.test');
  }

  async #archive(
    content: Content,
    conversation: Uint8Array | null,
    sender: string,
    file?: { readonly key: FileKey; readonly inspected: ArchivedInspection | undefined },
  ): Promise<Said> {
    const message = (await messageOf(content, { conversation, sender, time: this.#now })) as VerifiedMessage;
    if (content.kind === 'create')
      this.#origins.set(Buffer.from(message.id).toString('hex'), message.payload);
    const before = this.messages.conversation(message.conversationId);
    const after: Conversation = valueOf(advance(before, message, platform.suite.sha256));
    const key = file === undefined ? {} : { file: file.key };
    const facts = [this.messages.factOf({ message, before, after, via: null }, key)];
    if (file?.inspected !== undefined && content.kind === 'attachment') {
      const { id } = message;
      facts.unshift(fact('inspection', { ...file.inspected, message: id, digest: content.file.digest }));
    }
    const { first } = await this.ledger.append(facts);
    return { sequence: first + facts.length - 1, id: message.id };
  }

  /** The bytes that are stored for an entry. */
  async stored(sequence: number): Promise<Uint8Array> {
    const [record] = await this.log.stored(sequence, 1);
    return record?.stored ?? new Uint8Array(0);
  }

  /** Which of the archive's files hold some bytes. */
  async filesWith(bytes: Uint8Array): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await readdir(this.folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      if ((await readFile(file)).includes(Buffer.from(bytes))) found.push(file);
    }
    return found;
  }
}

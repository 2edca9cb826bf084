/** An archive of messages that a test says anything in, with its search index, closed and opened again at will. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ArchiveLog, type ArchiveLogOptions } from '../../node/archive/index.ts';
import { sodiumSuite } from '../../node/crypto/index.ts';
import {
  isListed,
  ledgerOn,
  Messages,
  type AdmittedMessage,
  type Fact,
  type Ledger,
} from '../../node/ledger/index.ts';
import { Search, SearchIndex, type SearchRequest } from '../../node/search/index.ts';
import type { RunLimits } from '../../node/search/run.ts';
import type { Conversation } from '../../protocol/conversation/index.ts';
import { archiveOptions, testSealing } from './archive.ts';

/** Runs so short that a few hundred messages make many segments. */
const SHORT: RunLimits = { entries: 64, tokens: 4_096 };

export interface Said {
  readonly text: string;
  readonly sender: string;
  readonly conversation: number;
  /** Where it is held: the decision, by the id of the message. */
  readonly decision?: (id: Uint8Array) => Fact;
}

export class Corpus {
  readonly folder: string;
  readonly said: (Said & { readonly sequence: number })[] = [];
  /** What recording a search does. */
  record: (request: SearchRequest, sequences: readonly number[]) => Promise<void> = () => Promise.resolve();
  readonly #conversations: readonly Conversation[];
  #log: ArchiveLog | undefined;
  #ledger: Ledger | undefined;
  #index: SearchIndex | undefined;
  #made = 0;

  private constructor(folder: string, members: readonly (readonly string[])[]) {
    this.folder = folder;
    this.#conversations = members.map((list, at) => ({
      id: hashOf(`conversation ${at}`),
      type: 'group',
      title: '',
      owner: 'acme.test',
      members: list,
      revision: 0,
      origin: new Uint8Array(1),
    }));
  }

  /** In a folder that is there already. */
  static async at(folder: string, members: readonly (readonly string[])[]): Promise<Corpus> {
    const corpus = new Corpus(folder, members);
    await corpus.reopen();
    return corpus;
  }

  /** @param members of each conversation there is */
  static async open(t: TestContext, members: readonly (readonly string[])[]): Promise<Corpus> {
    const corpus = await Corpus.at(await mkdtemp(join(tmpdir(), 'chancery-corpus-')), members);
    t.after(async () => {
      await corpus.close();
      await rm(corpus.folder, { recursive: true, force: true });
    });
    return corpus;
  }

  get ledger(): Ledger {
    return this.#ledger!;
  }

  get index(): SearchIndex {
    return this.#index!;
  }

  async close(): Promise<void> {
    await this.#index?.stop();
    await this.#log?.close();
  }

  /** As after a restart. */
  async reopen(more: Partial<ArchiveLogOptions> = {}): Promise<void> {
    await this.close();
    this.#log = await ArchiveLog.open(archiveOptions(join(this.folder, 'archive'), { isListed, ...more }));
    this.#ledger = ledgerOn(this.#log, 'acme.test', sodiumSuite.sha256, testSealing().views);
    this.#index = await SearchIndex.open({
      ledger: this.#ledger,
      logger: { error: () => undefined },
      limits: SHORT,
    });
    await this.#index.caughtUp();
  }

  /** A copy in another folder that takes over what this one has archived, as a replica and who restores a backup do. */
  async copy(t: TestContext): Promise<Corpus> {
    const copy = await Corpus.open(
      t,
      this.#conversations.map(({ members }) => members),
    );
    const { log } = this.ledger;
    const records = await log.durable.records(0, log.size);
    const adopted = await copy.ledger.adopt(records, log.head);
    if (!adopted.ok) throw new Error(adopted.refusal.message);
    return copy;
  }

  idOf(conversation: number): string {
    return Buffer.from(this.#conversations[conversation]!.id).toString('hex');
  }

  async say(...said: readonly Said[]): Promise<void> {
    const facts = said.flatMap((one) => {
      const admitted = this.#admitted(one);
      const message = new Messages(this.ledger).factOf(admitted, { held: one.decision !== undefined });
      return one.decision === undefined ? [message] : [one.decision(admitted.message.id), message];
    });
    const { first } = await this.ledger.append(facts);
    const places = facts.flatMap(({ kind }, at) => (kind === 'message' ? [first + at] : []));
    this.said.push(...said.map((one, at) => ({ ...one, sequence: places[at] ?? first })));
  }

  async find(query: string, limit = 1_000, below: number | null = null): Promise<number[]> {
    return [...(await this.#search.find({ query, limit, below })).sequences];
  }

  count(query: string): Promise<number> {
    return this.#search.count({ query, limit: null, below: null });
  }

  get #search(): Search {
    return new Search({
      ledger: this.ledger,
      index: this.index,
      conversationId: (beginning) =>
        Promise.resolve(
          this.#conversations.map((_, at) => this.idOf(at)).find((id) => id.startsWith(beginning))!,
        ),
      recordSearch: (request, sequences) => this.record(request, sequences),
    });
  }

  #admitted({ text, sender, conversation }: Said): AdmittedMessage {
    const after = this.#conversations[conversation]!;
    const before = new Messages(this.ledger).conversation(after.id);
    this.#made += 1;
    const message = {
      id: hashOf(`message ${this.#made} ${text}`),
      sender,
      device: new Uint8Array(32),
      content: { kind: 'text', text },
      time: 0,
      envelope: new TextEncoder().encode(text),
    } as unknown as AdmittedMessage['message'];
    const domain = sender.slice(sender.indexOf('@') + 1);
    const via = domain === 'acme.test' ? null : { domain, position: this.#made, checkpoint: null };
    return { message, before: before && after, after, via };
  }
}

function hashOf(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest());
}

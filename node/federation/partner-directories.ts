/**
 * What partners show of their people, asked for over federation and kept in memory with its age. Guarantees: only
 * people of that very partner are taken, in bounded number; a partner that is away costs nobody more than a moment,
 * and what it showed last is still there, as old as it is.
 */
import type { Logger } from 'pino';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';
import type { DirectoryShare } from '../../protocol/statement/index.ts';
import {
  MAX_DIRECTORY_PAGE,
  MAX_FRAME_BYTES,
  federationAnswerShape,
  readFrame,
  refusalOf,
  writeFrame,
  type DirectoryPage,
  type FrameChannel,
} from '../../protocol/wire/index.ts';
import type { Peer } from '../network/index.ts';
import { greet, type Greeting } from './greeting.ts';

/** People kept of one partner, and partners kept: a hundred large ones. */
const MAX_PEOPLE = 10_000;
const MAX_PARTNERS = 100;

/** Milliseconds after which a directory is asked for anew, should anyone want it. */
const FRESH_MS = 60_000;

/** Milliseconds for all pages of one directory, and that whoever wants it waits for them. */
const FETCH_WITHIN_MS = 20_000;
const WAIT_MS = 2_000;

export interface PartnerDirectory {
  readonly shared: DirectoryShare;
  readonly people: DirectoryPage['people'];
  /** When it was had, in milliseconds. */
  readonly at: number;
}

export interface PartnerDirectoriesOptions extends Pick<Greeting, 'checkAgreement'> {
  /** A federation stream to one of a partner's nodes. */
  readonly open: (partner: string) => Promise<{ channel: FrameChannel; peer: Peer }>;
  readonly agreement: (partner: string) => Uint8Array;
  readonly clock: () => number;
  readonly log: Logger;
}

export class PartnerDirectories {
  readonly #options: PartnerDirectoriesOptions;
  readonly #known = new Map<string, PartnerDirectory>();
  /** When each was last asked for, and the asking under way. */
  readonly #asked = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: PartnerDirectoriesOptions) {
    this.#options = options;
  }

  /** What a partner showed last; undefined where it never did. */
  of(partner: string): PartnerDirectory | undefined {
    return this.#known.get(partner);
  }

  /** Asks for what is not fresh, and waits a moment for it. */
  async refresh(partners: readonly string[]): Promise<void> {
    const stale = partners.filter((partner) => !this.#isFresh(partner));
    if (stale.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, WAIT_MS, undefined);
    await Promise.race([promise, Promise.all(stale.map((partner) => this.#ask(partner)))]);
    clearTimeout(timer);
  }

  /** Forgets a partner with whom there is no agreement any more. */
  forget(partner: string): void {
    this.#known.delete(partner);
    this.#asked.delete(partner);
  }

  #isFresh(partner: string): boolean {
    return this.#options.clock() - (this.#asked.get(partner) ?? -Infinity) < FRESH_MS;
  }

  #ask(partner: string): Promise<void> {
    const underWay = this.#underWay.get(partner);
    if (underWay !== undefined) return underWay;
    const asking = this.#fetch(partner)
      .catch((error: unknown) => {
        const { code, message } =
          error instanceof ChanceryError ? error : { code: 'internal', message: String(error) };
        this.#options.log.info({ partner, code }, `directory not had: ${message}`);
      })
      .finally(() => {
        this.#asked.set(partner, this.#options.clock());
        this.#underWay.delete(partner);
      });
    this.#underWay.set(partner, asking);
    return asking;
  }

  async #fetch(partner: string): Promise<void> {
    const { open, agreement, checkAgreement, clock } = this.#options;
    const { channel, peer } = await open(partner);
    const late = new ChanceryError('node.unreachable', `${partner} did not show its directory in time`);
    const timer = setTimeout(() => channel.abort(late), FETCH_WITHIN_MS);
    try {
      await greet(channel, peer, { agreement: () => agreement(partner), checkAgreement });
      const directory = await readAll(channel, partner);
      if (this.#known.size >= MAX_PARTNERS) this.#known.clear();
      this.#known.set(partner, { ...directory, at: clock() });
      await channel.close();
    } catch (error) {
      channel.abort(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function readAll(channel: FrameChannel, partner: string): Promise<Omit<PartnerDirectory, 'at'>> {
  const people: DirectoryPage['people'] = [];
  for (let after: string | null = null; ;) {
    await writeFrame(channel, { type: 'directory', after, limit: MAX_DIRECTORY_PAGE });
    const answer = await readFrame(channel, federationAnswerShape, MAX_FRAME_BYTES, 'directory');
    if (!answer.ok) throw ChanceryError.from(answer.refusal);
    if (answer.value.type === 'refused') throw ChanceryError.from(refusalOf(answer.value).refusal);
    if (answer.value.type !== 'directory')
      throw new ChanceryError('encoding.malformed', `${partner} answered what was not asked`);
    const page: DirectoryPage = answer.value;
    for (const person of page.people) {
      const before: string = people.at(-1)?.address ?? after ?? '';
      if (!isOf(person.address, partner) || person.address <= before)
        throw new ChanceryError(
          'encoding.malformed',
          `${partner} showed people who are not its own, or twice`,
        );
      people.push(person);
    }
    if (page.after === null || people.length >= MAX_PEOPLE)
      return { shared: page.shared, people: people.slice(0, MAX_PEOPLE) };
    if (page.after !== people.at(-1)?.address)
      throw new ChanceryError(
        'encoding.malformed',
        `the directory of ${partner} does not go on where it ended`,
      );
    after = page.after;
  }
}

function isOf(text: string, partner: string): boolean {
  const address = parseAddress(text);
  return address.ok && address.value.text === text && address.value.domain === partner;
}

/**
 * Tells every other archive node who leads, until each has heard it: a primary that was away while another was promoted
 * is deposed by it, and the replicas follow the new one.
 */
import type { Logger } from 'pino';
import type { Roster, RosterNode } from '../../protocol/statement/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import { askStanding } from './standing.ts';

/** Milliseconds between two rounds. */
const EVERY_MS = 1_000;

export interface HeraldOptions {
  readonly own: string;
  readonly roster: () => Roster;
  readonly open: (node: RosterNode) => Promise<{ channel: FrameChannel }>;
  /** The checkpoint that names our epoch. */
  readonly checkpoint: () => Promise<string>;
  readonly logger: Logger;
}

export class Herald {
  readonly #options: HeraldOptions;
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: HeraldOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    const { own, roster, logger } = this.#options;
    const others = roster().nodes.filter(({ peer, roles }) => peer !== own && roles.includes('archive'));
    for (const node of others.filter(({ peer }) => !this.#told.has(peer))) {
      try {
        await this.#tell(node);
      } catch (error) {
        logger.debug({ err: error, node: node.peer }, 'an archive node could not be told who leads');
      }
    }
    if (this.#stopped || others.every(({ peer }) => this.#told.has(peer))) return;
    this.#timer = setTimeout(() => void this.#round(), EVERY_MS);
    this.#timer.unref();
  }

  async #tell(node: RosterNode): Promise<void> {
    const { open, checkpoint, logger } = this.#options;
    const { channel } = await open(node);
    const heard = await askStanding(channel, { type: 'lead', v: 1, checkpoint: await checkpoint() });
    if (!heard.ok && heard.refusal.code !== 'archive.deposed') {
      logger.warn({ node: node.peer, code: heard.refusal.code }, `not followed: ${heard.refusal.message}`);
      return;
    }
    this.#told.add(node.peer); // it follows, or knows this epoch already
    logger.info({ node: node.peer }, 'an archive node knows who leads');
  }
}

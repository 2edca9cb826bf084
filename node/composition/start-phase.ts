/**
 * The start of an archive node, until it is known that its log may be written to. Guarantees: nothing is recorded before
 * the partners were asked what they know of the log; meanwhile partners and own nodes are recognised by what is known,
 * so that two nodes that start at once can ask each other, and everybody else waits.
 */
import type { Logger } from 'pino';
import { epochLines } from '../../protocol/checkpoint/index.ts';
import { refuse, type Result } from '../../protocol/errors/index.ts';
import type { FrameChannel } from '../../protocol/wire/index.ts';
import type { Host, Peer } from '../network/index.ts';
import { checkAtStart } from '../witness/index.ts';
import type { Organisation } from './organisation.ts';
import type { PartnerLinks } from './partner-links.ts';
import { platform } from './platform.ts';

/** Milliseconds that an archive alone waits for a gateway through which to ask its partners: one retries every second. */
const GATEWAY_WITHIN_MS = 3_000;

/** Milliseconds that a primary waits for the replicas that must hold what it appends. */
const REPLICAS_WITHIN_MS = 10_000;

/**
 * Milliseconds that a primary whose archive was restored waits for its replicas, without anything coming from them: they
 * try to reach it once a minute at least.
 */
const REFILL_WITHIN_MS = 90_000;

type Admit = (peerId: string, bundle: Uint8Array) => Promise<Result<Peer>>;

export class StartPhase {
  readonly #ready = Promise.withResolvers<undefined>();
  readonly #gateway = Promise.withResolvers<undefined>();
  #asking = false;
  #needsReplicas = false;
  #restored: string | undefined;

  /** Whether what replicas hold beyond the log is still to be taken back. */
  get mayRefill(): boolean {
    return this.#restored !== undefined;
  }

  /** Resolves once the log may be written to, or is known to be stopped. */
  get ready(): Promise<undefined> {
    return this.#ready.promise;
  }

  /**
   * Before the node listens: are there partners or replicas to ask? Not where the log was stopped before.
   * @param restored the file that says that the archive was restored
   */
  async prepare(
    { log, partners }: Organisation,
    { needsReplicas, restored }: { readonly needsReplicas: boolean; readonly restored: string | undefined },
  ): Promise<void> {
    this.#needsReplicas = needsReplicas;
    this.#restored = restored;
    const mustAsk = needsReplicas || (await partners.agreements()).length > 0;
    this.#asking = restored !== undefined || (log.stopped === undefined && mustAsk);
  }

  /** Resolves when our bundle may be shown: the last roster does while partners are asked. */
  async showable(): Promise<void> {
    if (!this.#asking) await this.ready;
  }

  /** A peer was let in: it may be the gateway that is waited for. */
  seen({ own, identity: { leaf } }: Peer): void {
    const isGateway = leaf.subject.kind === 'node' && leaf.subject.roles.includes('gateway');
    if (own && isGateway) this.#gateway.resolve(undefined);
  }

  /** Who may come in: recognised while partners are asked, admitted from then on. */
  admission({ trust }: Organisation, admit: Admit): Admit {
    return async (peerId, bundle) => {
      const known = this.#asking ? await trust.recognise(peerId, bundle) : undefined;
      if (known !== undefined && !(known.ok && isOwnDevice(known.value))) return known;
      await this.ready;
      return admit(peerId, bundle);
    };
  }

  /** A handler that serves nobody before. */
  after<Who>(handler: (channel: FrameChannel, who: Who) => Promise<void>): typeof handler {
    return async (channel, who) => {
      await this.ready;
      return handler(channel, who);
    };
  }

  /**
   * Asks the partners, makes the first records where the log may be written to, and lets everybody in. Returns the partners
   * that did not answer.
   */
  async run(
    organisation: Organisation,
    { host, links, isGateway, log }: { host: Host; links: PartnerLinks; isGateway: boolean; log: Logger },
    record: () => Promise<void>,
  ): Promise<ReadonlySet<string>> {
    let unasked: ReadonlySet<string> = new Set();
    if (this.#asking) {
      if (!isGateway) await atMost(GATEWAY_WITHIN_MS, this.#gateway.promise);
      if (this.#restored !== undefined) await refilled(organisation, host.peerId, this.#restored);
      this.#restored = undefined;
      unasked = await askPartners(organisation, links, log);
      // what is recorded next counts only once they hold it
      const { copies, log: own } = organisation;
      if (this.#needsReplicas) await atMost(REPLICAS_WITHIN_MS, copies.confirmed(own.size));
      this.#asking = false;
      // who was recognised comes in anew, and is recorded
      await Promise.all(host.peers.filter(({ own }) => !own).map(({ id }) => host.drop(id)));
    }
    await record().catch((error: unknown) => {
      if (organisation.log.stopped === undefined) throw error;
      log.error({ code: organisation.log.stopped.code }, 'the node runs for reading alone');
    });
    this.#ready.resolve(undefined);
    return unasked;
  }
}

/** Waits until every other archive node has given back what it holds beyond our log; one that stays away stops the log. */
async function refilled({ copies, log, primary }: Organisation, own: string, file: string): Promise<void> {
  const peers = primary.replicas(own).map(({ peer }) => peer);
  const heard = copies.heardFrom(peers);
  for (let size = -1; size !== log.size;) {
    size = log.size;
    await atMost(REFILL_WITHIN_MS, heard);
  }
  const silent = peers.filter((peer) => copies.heldBy(peer) === undefined);
  if (silent.length === 0) return;
  const message = `the archive was restored from a backup, and ${silent.join(', ')} may hold more of it`;
  const next = `start that node and then this one again; where it is gone for good, remove ${file} first`;
  log.stopAppending(refuse('archive.rolled-back', `${message}; ${next}`).refusal);
}

/** Asks the partners what they know of our log; what that log lacks stops it. */
async function askPartners(
  organisation: Organisation,
  links: PartnerLinks,
  logger: Logger,
): Promise<ReadonlySet<string>> {
  const { domain, partners, log, ledger, statementSigner, witnessing } = organisation;
  const agreements = await partners.agreements();
  return checkAtStart({
    domain,
    partners: agreements.map((agreement) => agreement.domain),
    open: (partner) => links.open(partner, 'witness'),
    ownLog: witnessing.ownLog,
    log,
    checkpoint: () => log.checkpoint(statementSigner, epochLines(ledger.epoch)),
    suite: platform.suite,
    logger,
  });
}

function isOwnDevice({ own, identity }: Peer): boolean {
  return own && identity.leaf.subject.kind === 'device';
}

/** Waits for what may not come. */
async function atMost(milliseconds: number, coming: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  await Promise.race([promise, coming]);
  clearTimeout(timer);
}

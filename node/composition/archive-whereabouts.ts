/**
 * Where the archive of a gateway alone is: first where its configuration says, and when that is away, one after the other
 * where the last roster has archive nodes. A replica turns the gateway away, so what answers is the primary.
 */
import { decodeBundle } from '../../protocol/identity/index.ts';
import { readRoster } from '../../protocol/statement/index.ts';

export interface ArchiveTarget {
  readonly peerId: string;
  readonly addresses: readonly string[];
}

export class ArchiveWhereabouts {
  readonly #first: ArchiveTarget;
  #current: ArchiveTarget;

  constructor(first: ArchiveTarget) {
    this.#first = first;
    this.#current = first;
  }

  get current(): ArchiveTarget {
    return this.#current;
  }

  /** The next one to be tried, by the roster in our own bundle; the same where there is no other. */
  advance(bundle: Uint8Array): void {
    const known = [
      this.#first,
      ...archiveNodesIn(bundle).filter(({ peerId }) => peerId !== this.#first.peerId),
    ];
    const at = known.findIndex(({ peerId }) => peerId === this.#current.peerId);
    this.#current = known[(at + 1) % known.length] ?? this.#first;
  }
}

function archiveNodesIn(bundle: Uint8Array): ArchiveTarget[] {
  const decoded = decodeBundle(bundle);
  const roster = decoded.ok && decoded.value.roster !== null ? readRoster(decoded.value.roster) : undefined;
  return roster?.ok === true
    ? roster.value.nodes
        .filter(({ roles }) => roles.includes('archive'))
        .map(({ peer, addresses }) => ({ peerId: peer, addresses }))
    : [];
}

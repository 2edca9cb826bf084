/** The other nodes: copies of the archive that there are not, are away or lack what there is, and gateways that are away. */
import { affecting, bounded, dayOf, shellWord, type Gap } from './gap.ts';

/** Milliseconds that a replica may be away: it comes back within a minute of a restart. */
const AWAY_MS = 10 * 60_000;

/** Milliseconds that an entry may take to a replica that is here, with the file that it brings along. */
const BEHIND_MS = 10 * 60_000;

/** An archive node beside the primary. Times in milliseconds since 1970. */
export interface WatchedReplica {
  readonly peer: string;
  readonly connected: boolean;
  /** Entries that it holds; null where it was not here since the start. */
  readonly size: number | null;
  /** When the first entry that it does not hold was archived; null where it holds all, or that is not known. */
  readonly lacks: number | null;
  readonly lastContact: number | null;
}

/** A gateway without archive, as it is connected to this node. */
export interface WatchedGateway {
  readonly peer: string;
  readonly connected: boolean;
  /** Null where it was not here since the start. */
  readonly lastContact: number | null;
}

export interface Copied {
  /** How many nodes must hold an entry. */
  readonly copies: number;
  readonly size: number;
  readonly started: number;
  readonly replicas: readonly WatchedReplica[];
  readonly gateways: readonly WatchedGateway[];
  /** Whether this node is a gateway as well. */
  readonly isGateway: boolean;
}

/** @param now milliseconds since 1970 */
export function copyGaps(now: number, { copies, size, started, replicas }: Copied): readonly Gap[] {
  const present = replicas.filter(({ connected }) => connected).length + 1;
  const wanted = Math.max(copies, 2);
  const missing: Gap[] =
    replicas.length + 1 >= wanted
      ? []
      : [
          {
            kind: 'copy-missing',
            subject: '',
            severity: replicas.length + 1 < copies ? 'critical' : 'info',
            since: null,
            ...affecting(['the archive']),
            text:
              replicas.length + 1 < copies
                ? `${copies} nodes must hold an entry, and there are ${replicas.length + 1}: nothing is archived`
                : 'no other node holds the archive: what was archived since the last backup is lost with this disk',
            mend: 'chancery node invite --archive',
            evidence: `${replicas.length} replicas are on the roster`,
          },
        ];
  const away = replicas
    .filter(({ connected, lastContact }) => !connected && now - (lastContact ?? started) > AWAY_MS)
    .map(({ peer, size: held, lastContact }): Gap => ({
      kind: 'replica-away',
      subject: peer,
      severity: present < copies ? 'critical' : 'warning',
      since: lastContact,
      ...affecting([`node ${peer}`]),
      text: `replica ${peer} is away; start it, or if it is gone for good, take it off the roster`,
      mend: removal(peer),
      evidence: held === null ? 'not seen since the start' : `it held ${held} of ${size} entries`,
    }));
  const lacking = replicas.filter(
    ({ connected, lacks }) => connected && lacks !== null && now - lacks > BEHIND_MS,
  );
  const behind = lacking.map(({ peer, size: held, lacks }): Gap => ({
    kind: 'copy-behind',
    subject: peer,
    severity: present - lacking.length < copies ? 'critical' : 'warning',
    since: lacks,
    ...affecting([`node ${peer}`]),
    text: `replica ${peer} is here and does not hold what was archived since ${dayOf(lacks ?? now)}: see chancery status there; if that cannot be mended, take it off the roster, and join it anew`,
    mend: removal(peer),
    evidence: `it holds ${held ?? 0} of ${size} entries with their files`,
  }));
  return [...missing, ...bounded(away), ...bounded(behind)];
}

/** @param now milliseconds since 1970 */
export function gatewayGaps(now: number, { started, gateways, isGateway }: Copied): readonly Gap[] {
  const nobodyIsReached = !isGateway && gateways.every(({ connected }) => !connected);
  return bounded(
    gateways
      .filter(({ connected, lastContact }) => !connected && now - (lastContact ?? started) > AWAY_MS)
      .map(({ peer, lastContact }) => ({
        kind: 'gateway-away',
        subject: peer,
        severity: nobodyIsReached ? 'critical' : 'warning',
        since: lastContact,
        ...affecting([`node ${peer}`]),
        text: `gateway ${peer} is away${nobodyIsReached ? ', and no other is here: nobody reaches the archive' : ''}; start it, or if it is gone for good, take it off the roster`,
        mend: removal(peer),
        evidence: lastHere(lastContact),
      })),
  );
}

/** What takes a node off that is gone. */
export function removal(peer: string): string {
  return `chancery node remove ${shellWord(peer)} --reason ${shellWord('gone for good')}`;
}

/** For people: when a node was last here. */
export function lastHere(lastContact: number | null): string {
  return lastContact === null ? 'not here since the start' : `last here ${dayOf(lastContact)}`;
}

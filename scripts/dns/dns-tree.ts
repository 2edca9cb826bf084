/**
 * A signed DNS tree in memory, from a root of its own, for development and tests. Records can be changed while it is
 * served, and can be given the faults that a verifier must notice.
 */
import {
  canonicalName,
  canonicalOrder,
  encodeTxt,
  isBelow,
  labelCount,
  nameToWire,
  parseDs,
  ROOT,
  TYPE,
  type TrustAnchor,
} from '../../protocol/dnssec/index.ts';
import { denialRdata } from './denial.ts';
import { serveNames, type Answer, type NameServer, type Question, type ServedRecord } from './name-server.ts';
import { dsOf, type RrsigFields } from './zone-key.ts';
import {
  apexRecords,
  createZone,
  SERVER_TYPE,
  serverOf,
  signIn,
  type Zone,
  type ZoneOptions,
} from './zone.ts';

const DAY = 86_400;

/** How long signatures hold, and how far they reach back, in seconds. */
const VALIDITY = 14 * DAY;
const BACKDATED = 3600;

/** What can be wrong with a set of records, as served. */
export type Fault = 'expired' | 'not-yet-valid' | 'tampered' | 'unsigned' | 'wildcard';

export interface DnsTreeOptions {
  /** The zones below the root, which is always there. A zone's parent is the closest one listed. */
  readonly zones: readonly (string | ZoneOptions)[];
  /** The root's algorithm. */
  readonly rootAlgorithm?: number;
  /** Seconds since 1970; the system's clock unless given. */
  readonly now?: () => number;
}

interface Entry {
  readonly rdatas: readonly Uint8Array[];
  readonly fault?: Fault;
}

export class DnsTree {
  readonly #zones: readonly Zone[];
  readonly #now: () => number;
  readonly #entries = new Map<string, Map<number, Entry>>();
  /** RRSIG rdata by owner and type, dropped when records change and renewed at half their life. */
  readonly #signatures = new Map<string, { rdata: Uint8Array; renewAt: number }>();

  /** Creates the keys of every zone. */
  constructor({ zones, rootAlgorithm, now = () => Math.floor(Date.now() / 1000) }: DnsTreeOptions) {
    const root: ZoneOptions =
      rootAlgorithm === undefined ? { name: ROOT } : { name: ROOT, algorithm: rootAlgorithm };
    const wanted = zones.map((zone) => (typeof zone === 'string' ? { name: zone } : zone));
    this.#zones = [root, ...wanted].map((zone) => createZone({ ...zone, name: usable(zone.name) }));
    this.#now = now;
    for (const zone of this.#zones) this.#publish(zone);
  }

  /** The trust anchors of this tree, which has a root of its own. */
  get anchors(): readonly TrustAnchor[] {
    const ds = parseDs(dsOf(ROOT, this.#zone(ROOT).entryKey.dnskey));
    return ds === undefined ? [] : [ds];
  }

  /** The same as DS records in presentation form, for a configuration file. */
  get anchorLines(): readonly string[] {
    return this.anchors.map(
      ({ keyTag, algorithm, digestType, digest }) =>
        `. IN DS ${keyTag} ${algorithm} ${digestType} ${Buffer.from(digest).toString('hex').toUpperCase()}`,
    );
  }

  /** Replaces the TXT records of a name; none removes them. */
  setTxt(name: string, texts: readonly string[], fault?: Fault): void {
    this.#set(name, TYPE.TXT, texts.map(encodeTxt), fault);
  }

  /** Makes the name an alias. */
  setCname(name: string, target: string): void {
    this.#set(name, TYPE.CNAME, [nameToWire(usable(target))]);
  }

  /** Serves the tree over UDP and TCP on the loopback address; port 0 lets the system choose one. */
  serve({ port = 0 }: { port?: number } = {}): Promise<NameServer> {
    return serveNames((question) => this.answer(question), port);
  }

  /** What the server answers. */
  answer({ name: asked, type, dnssec }: Question): Answer {
    const name = canonicalName(asked);
    if (name === undefined) return { rcode: 'REFUSED', answers: [], authorities: [] };
    const entry = this.#entries.get(name)?.get(type);
    if (entry !== undefined) return found(this.#records(name, type, entry, dnssec));
    const alias = this.#entries.get(name)?.get(TYPE.CNAME);
    if (alias !== undefined) return found(this.#records(name, TYPE.CNAME, alias, dnssec));
    return this.#deny(name, type, dnssec);
  }

  #publish(zone: Zone): void {
    for (const [type, rdatas] of apexRecords(zone)) this.#set(zone.name, type, rdatas);
    this.#set(serverOf(zone.name), SERVER_TYPE.A, [Uint8Array.of(127, 0, 0, 1)]);
    if (zone.name !== ROOT && zone.signed) {
      this.#set(zone.name, TYPE.DS, [dsOf(zone.name, zone.entryKey.dnskey)]);
    }
  }

  #set(name: string, type: number, rdatas: readonly Uint8Array[], fault?: Fault): void {
    const owner = usable(name);
    const entries = this.#entries.get(owner) ?? new Map<number, Entry>();
    this.#entries.set(owner, entries);
    this.#signatures.delete(`${owner} ${type}`);
    if (rdatas.length === 0) entries.delete(type);
    else entries.set(type, { rdatas: canonicalOrder(rdatas), ...(fault === undefined ? {} : { fault }) });
    if (entries.size === 0) this.#entries.delete(owner);
  }

  #records(name: string, type: number, entry: Entry, dnssec: boolean): ServedRecord[] {
    const { rdatas, fault } = entry;
    const [first = new Uint8Array(0), ...rest] = rdatas;
    const served = fault === 'tampered' ? [first.with(-1, (first.at(-1) ?? 0) ^ 1), ...rest] : rdatas;
    const records = served.map((rdata) => ({ name, type, rdata }));
    const zone = this.#zoneOf(name, type);
    if (!dnssec || !zone.signed || fault === 'unsigned') return records;
    return [...records, { name, type: TYPE.RRSIG, rdata: this.#signature(zone, name, type, entry) }];
  }

  #signature(zone: Zone, name: string, type: number, { rdatas, fault }: Entry): Uint8Array {
    const key = `${name} ${type}`;
    const now = this.#now();
    const kept = this.#signatures.get(key);
    if (kept !== undefined && now < kept.renewAt) return kept.rdata;
    const owner = fault === 'wildcard' ? name.replace(/^[^.]+/, '*') : name;
    const rdata = signIn(zone, { name: owner, type, rdatas }, times(now, fault));
    this.#signatures.set(key, { rdata, renewAt: now + VALIDITY / 2 });
    return rdata;
  }

  #deny(name: string, type: number, dnssec: boolean): Answer {
    const zone = this.#zoneOf(name, type);
    // at a zone cut the parent shows the delegation only, and the child everything but the DS record
    const cut = this.#zones.some((known) => known.name === name);
    const types = [...(this.#entries.get(name)?.keys() ?? [])].filter(
      (known) => !cut || (type === TYPE.DS ? known === SERVER_TYPE.NS : known !== TYPE.DS),
    );
    const exists = types.length > 0 || [...this.#entries.keys()].some((other) => isBelow(other, name));
    const soa = this.#entries.get(zone.name)?.get(SERVER_TYPE.SOA);
    const authorities = soa === undefined ? [] : this.#records(zone.name, SERVER_TYPE.SOA, soa, dnssec);
    if (!dnssec || !zone.signed) return { rcode: exists ? 'NOERROR' : 'NXDOMAIN', answers: [], authorities };
    const rdata = denialRdata(name, types, exists);
    const nsec = { name, type: SERVER_TYPE.NSEC, rdatas: [rdata] };
    const rrsig = signIn(zone, nsec, times(this.#now()));
    authorities.push({ name, type: nsec.type, rdata }, { name, type: TYPE.RRSIG, rdata: rrsig });
    return { rcode: 'NOERROR', answers: [], authorities };
  }

  /** The closest zone that holds the name; a DS record stands in the zone above its owner. */
  #zoneOf(name: string, type: number): Zone {
    return this.#zones
      .filter(
        (zone) => isBelow(name, zone.name) || (zone.name === name && (type !== TYPE.DS || name === ROOT)),
      )
      .reduce((closest, zone) => (labelCount(zone.name) > labelCount(closest.name) ? zone : closest));
  }

  #zone(name: string): Zone {
    const zone = this.#zones.find((known) => known.name === name);
    if (zone === undefined) throw new Error(`there is no zone ${name} in this tree`);
    return zone;
  }
}

function found(answers: readonly ServedRecord[]): Answer {
  return { rcode: 'NOERROR', answers, authorities: [] };
}

function times(now: number, fault?: Fault): RrsigFields {
  switch (fault) {
    case 'expired':
      return { inception: now - 3 * DAY, expiration: now - DAY };
    case 'not-yet-valid':
      return { inception: now + DAY, expiration: now + 3 * DAY };
    default:
      return { inception: now - BACKDATED, expiration: now + VALIDITY };
  }
}

function usable(name: string): string {
  const canonical = canonicalName(name);
  if (canonical === undefined) throw new Error(`"${name}" is not a usable domain name`);
  return canonical;
}

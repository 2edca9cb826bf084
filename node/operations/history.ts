/** Every key that was ever seen of an organisation, from the log: since when, until when, and by which proof. */
import { parseCertificate, rootIdOf } from '../../protocol/certificate/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { proveDomain } from '../../protocol/identity/index.ts';
import { parseDomain } from '../../protocol/names/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import type { AuthorityRecord, OrganisationRecord } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { hex, showCertificate, showWindow, time, type ShownCertificate } from './present.ts';

type Change = OperationOutput<'identity.history'>['changes'][number];
type Keys = Pick<Change, 'change' | 'rootId' | 'rootSequence' | 'level' | 'certificates' | 'proof'>;

/** An entry of the history, and the next of its kind, which ended it. */
interface Row {
  readonly sequence: number;
  readonly kind: 'authority' | 'organisation';
  readonly end: number | null;
}

export function historyOperations(node: ArchiveNode): Pick<Operations, 'identity.history'> {
  return {
    'identity.history': async ({ domain, after, limit }) => {
      const name = valueOf(parseDomain(domain));
      const rows = await rowsOf(node, name);
      if (rows.length === 0) throw new ChanceryError('partner.unknown', `${name} was never seen here`);
      const wanted = rows.filter(({ sequence }) => sequence > (after ?? -1));
      const rosters = await node.organisation.partners.rosters(name);
      const changes: Change[] = [];
      for (const row of wanted.slice(0, limit)) {
        changes.push({ ...(await showRow(node, name, row)), rosters: rostersDuring(row, rosters) });
      }
      const next = wanted.length > limit ? (changes.at(-1)?.sequence ?? null) : null;
      return { domain: name, changes, next };
    },
  };
}

async function rowsOf({ organisation }: ArchiveNode, domain: string): Promise<Row[]> {
  const { partners, log } = organisation;
  const ends = new Map<Row['kind'], number>();
  const newestFirst = (await partners.history(domain)).toReversed().map((sequence): Row => {
    const kind = log.entry(sequence)?.kind === 'authority' ? 'authority' : 'organisation';
    const end = ends.get(kind) ?? null;
    ends.set(kind, sequence);
    return { sequence, kind, end };
  });
  return newestFirst.toReversed();
}

async function showRow(
  node: ArchiveNode,
  domain: string,
  { sequence, kind, end }: Row,
): Promise<Omit<Change, 'rosters'>> {
  const { log, ledger } = node.organisation;
  const at = (entry: number): number => log.entry(entry)?.time ?? 0;
  const standing = kind === 'authority' ? ledger.record('authority', sequence) : undefined;
  const verified = kind === 'organisation' ? ledger.record('organisation', sequence) : undefined;
  const keys = standing ? keysOfStanding(standing) : verified && keysOfVerified(verified);
  if (keys === undefined)
    throw new ChanceryError('archive.damaged', `entry ${sequence} is missing; run chancery archive verify`);
  const hash = verified?.proof ?? null;
  return {
    sequence,
    time: time(at(sequence)),
    until: end === null ? null : time(at(end)),
    ...keys,
    proof: hash === null ? null : await showProof(node, domain, hash, at(sequence)),
  };
}

function keysOfStanding(record: AuthorityRecord): Omit<Keys, 'proof'> {
  const { change, sequence, root, issuer, statement, next } = record;
  const shown = [show('root', root), show('issuer', issuer), show('statement', statement)];
  return {
    change,
    rootId: rootIdOf(valueOf(parseCertificate(root)).publicKey, platform.suite.sha256),
    rootSequence: sequence,
    level: null,
    certificates: next === null ? shown : [...shown, show('next-root', next)],
  };
}

function keysOfVerified({ rootId, sequence, level, root }: OrganisationRecord): Omit<Keys, 'proof'> {
  const certificates = root === null ? [] : [show('root', root)];
  return { change: 'verified', rootId, rootSequence: sequence, level, certificates };
}

function show(kind: ShownCertificate['kind'], der: Uint8Array): ShownCertificate {
  return showCertificate(kind, valueOf(parseCertificate(der)), platform.suite.sha256);
}

/** The archived proof, verified anew as of when it counted (milliseconds). */
async function showProof(
  { organisation }: ArchiveNode,
  domain: string,
  hash: Uint8Array,
  at: number,
): Promise<Change['proof']> {
  const proof = organisation.partners.proof(hash);
  const proven =
    proof === undefined
      ? undefined
      : await proveDomain(proof, domain, Math.floor(at / 1000), organisation.context);
  const shown = { hash: hex(hash), zones: [], window: null };
  if (proven === undefined) return { ...shown, fault: 'dnssec.not-archived' };
  if (!proven.ok) return { ...shown, fault: proven.refusal.code };
  return {
    ...shown,
    zones: [...proven.value.zones],
    window: showWindow(proven.value.window),
    fault: null,
  };
}

/** The first and last number of the rosters that were taken meanwhile. */
function rostersDuring(
  { sequence, end }: Row,
  rosters: readonly { readonly number: number; readonly sequence: number }[],
): Change['rosters'] {
  const during = rosters.filter((one) => one.sequence > sequence && one.sequence < (end ?? Infinity));
  const [first, last] = [during[0], during.at(-1)];
  return first === undefined || last === undefined ? null : { first: first.number, last: last.number };
}

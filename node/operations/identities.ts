/** Who we are and who others are, from the DNS root down, as an operator sees it. */
import { parseCertificate, rootIdOf } from '../../protocol/certificate/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseDomain } from '../../protocol/names/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { checkPin, findDomain, type FoundDomain } from '../identity/index.ts';
import { reports } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { fromSeconds, showCertificate, showWindow, time } from './present.ts';

type Identity = OperationOutput<'identity.show'>;

export function identityOperations(
  node: ArchiveNode,
): Pick<Operations, 'identity.show' | 'identity.crl' | 'identity.verify' | 'identity.events'> {
  const { organisation } = node;
  return {
    'identity.show': () => Promise.resolve(ownIdentity(node)),
    'identity.crl': async () => {
      const { number, issued, nextUpdate, revoked } = organisation.authority.roster;
      return {
        number,
        thisUpdate: fromSeconds(issued),
        nextUpdate: fromSeconds(nextUpdate),
        revoked: revoked.length,
        crl: Buffer.from(await organisation.authority.crl()).toString('base64'),
      };
    },
    'identity.verify': async ({ domain }) => {
      const name = valueOf(parseDomain(domain));
      if (name === organisation.domain) return ownIdentity(node);
      return identityOf(node, name, await find(node, name, undefined));
    },
    'identity.events': async ({ before, limit }) => {
      const found = await reports(organisation.ledger, before ?? null, limit);
      const events = found.flatMap(({ sequence, time: at, news }) =>
        news.map((one) => ({
          ...one,
          sequence,
          time: time(at),
          since: one.since === 0 ? null : time(one.since),
        })),
      );
      return { events, next: found.length === limit ? (found.at(-1)?.sequence ?? null) : null };
    },
  };
}

/** Looks a domain up as this node would verify it, held against a pin. Throws `dns.*`, `dnssec.*`, `identity.root-mismatch`. */
export async function find(node: ArchiveNode, domain: string, pin: string | undefined): Promise<FoundDomain> {
  const at = Math.floor(platform.clock() / 1000);
  const found = valueOf(await findDomain(domain, node.settings.dns, node.organisation.context, at));
  return valueOf(checkPin(domain, found, pin));
}

function ownIdentity(node: ArchiveNode): Identity {
  const { domain, standing, ownProof, authority } = node.organisation;
  const { rootId, root, issuer, statement, record } = standing;
  const { sha256 } = platform.suite;
  const { found } = ownProof;
  const own = valueOf(parseCertificate(node.settings.certificates.node));
  return {
    domain,
    level: found?.level ?? 'none',
    rootId,
    sequence: record.sequence,
    since: time(root.notBefore * 1000),
    zones: [...(found?.proven?.zones ?? [])],
    proofWindow: found?.proven ? showWindow(found.proven.window) : null,
    certificates: [
      showCertificate('root', root, sha256),
      showCertificate('issuer', issuer, sha256),
      showCertificate('statement', statement, sha256),
      showCertificate('node', own, sha256),
    ],
    rosterNumber: authority.roster.number,
  };
}

/** Another organisation: what DNS says now, with what is known of it here. */
export function identityOf(node: ArchiveNode, domain: string, found: FoundDomain): Identity {
  const { partners, trust } = node.organisation;
  const known = partners.organisation(domain);
  const rootId = found.records.current.id;
  const root = known?.root ? parseCertificate(known.root) : undefined;
  const sameRoot = root?.ok === true && rootIdOf(root.value.publicKey, platform.suite.sha256) === rootId;
  return {
    domain,
    level: found.level,
    rootId,
    sequence: found.records.current.sequence,
    since: known?.rootId === rootId ? time(known.since) : null,
    zones: [...(found.proven?.zones ?? [])],
    proofWindow: found.proven === null ? null : showWindow(found.proven.window),
    certificates: sameRoot ? [showCertificate('root', root.value, platform.suite.sha256)] : [],
    rosterNumber: trust.rosterOf(domain)?.number ?? null,
  };
}

/** A partner as it is known here, without asking DNS. */
export function knownIdentity(node: ArchiveNode, domain: string): Identity {
  const { partners, trust } = node.organisation;
  const known = partners.organisation(domain);
  if (known === undefined) throw new ChanceryError('partner.unknown', `${domain} was never seen here`);
  const root = known.root ? parseCertificate(known.root) : undefined;
  return {
    domain,
    level: known.level,
    rootId: known.rootId,
    sequence: known.sequence,
    since: time(known.since),
    zones: [],
    proofWindow: known.proofUntil === null ? null : showWindow({ from: 0, until: known.proofUntil }),
    certificates: root?.ok === true ? [showCertificate('root', root.value, platform.suite.sha256)] : [],
    rosterNumber: trust.rosterOf(domain)?.number ?? null,
  };
}

/** Agreements with partners, as an operator makes and ends them: shown who it is before anything is agreed. */
import { knownDomains, lookalikeDomain } from '../../protocol/lookalike/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseDomain } from '../../protocol/names/index.ts';
import { readAgreement, signAgreement } from '../../protocol/statement/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import type { FoundDomain } from '../identity/index.ts';
import type { AgreementRecord, OrganisationRecord } from '../ledger/index.ts';
import type { OperationOutput, Operations } from './contract.ts';
import { find, identityOf, knownIdentity } from './identities.ts';
import { time } from './present.ts';

/** Messages counted of a backlog before it is shown as at least so many. */
const MAX_BACKLOG_SHOWN = 1_000_000;

const LEVELS = ['dns', 'pinned', 'dnssec'] as const;

type PartnerOperations = Pick<
  Operations,
  | 'partner.preview'
  | 'partner.add'
  | 'partner.approve'
  | 'partner.update'
  | 'partner.list'
  | 'partner.show'
  | 'partner.remove'
>;

export function partnerOperations(node: ArchiveNode): PartnerOperations {
  const { partners } = node.organisation;
  return {
    'partner.preview': async ({ domain, pin }) => {
      const name = partnerDomain(node, domain);
      const found = await findOrPin(node, name, pin);
      const imitates = await imitatedBy(node, name);
      return { ...identityOf(node, name, found), level: levelOf(found, pin), imitates };
    },
    'partner.add': async (input) => {
      const name = partnerDomain(node, input.domain);
      if (partners.agreement(name) === undefined) {
        refuseLookalike(name, await imitatedBy(node, name), input.althoughLike);
        return agree(node, name, input);
      }
      throw new ChanceryError(
        'partner.exists',
        `there is an agreement with ${name} already; remove it first`,
      );
    },
    'partner.approve': (input) => {
      const name = partnerDomain(node, input.domain);
      const agreement = partners.agreement(name);
      if (agreement === undefined)
        throw new ChanceryError('partner.unknown', `no agreement with ${name}; see chancery partner add`);
      const { directory, retentionFloorDays = null } = valueOf(readAgreement(agreement.statement)).terms;
      const terms = { shareDirectory: directory, retentionFloorDays };
      return agree(node, name, { ...input, ...terms, addresses: agreement.addresses });
    },
    'partner.update': (input) => updatePartner(node, input),
    'partner.list': async () => {
      const agreements = await partners.agreements();
      return { partners: await Promise.all(agreements.map((agreement) => showPartner(node, agreement))) };
    },
    'partner.show': async ({ domain }) => {
      const name = valueOf(parseDomain(domain));
      const agreement = partners.agreement(name);
      if (agreement === undefined) {
        throw new ChanceryError('partner.unknown', `no agreement with ${name}; see chancery partner list`);
      }
      return { partner: await showPartner(node, agreement), identity: knownIdentity(node, name) };
    },
    'partner.remove': async ({ domain }) => {
      const name = valueOf(parseDomain(domain));
      const agreement = valueOf(await partners.withdraw(name));
      await node.links.remove(name);
      node.organisation.directories.forget(name);
      await Promise.all(
        node.host.peers
          .filter((peer) => peer.identity.domain === agreement.domain)
          .map((peer) => node.drop(peer.id)),
      );
      return { domain: name };
    },
  };
}

/** Whom a domain imitates: us, or a partner. */
async function imitatedBy(
  { organisation: { domain, partners } }: ArchiveNode,
  name: string,
): Promise<{ domain: string; how: string } | null> {
  const agreements = await partners.agreements();
  const known = knownDomains([domain, ...agreements.map((agreement) => agreement.domain)]);
  const imitated = lookalikeDomain(name, known);
  return imitated === undefined ? null : { domain: imitated.of, how: imitated.how };
}

/** Before anything is agreed on: whoever adds a domain that looks like another has to name that one. */
function refuseLookalike(
  name: string,
  imitates: { domain: string; how: string } | null,
  seen: string | undefined,
): void {
  if (imitates === null || imitates.domain === seen) return;
  throw new ChanceryError(
    'partner.lookalike',
    `${name} looks like ${imitates.domain} (${imitates.how}); make sure who it is, and if it is another organisation add --although-like ${imitates.domain}`,
    { facts: { domain: name, like: imitates.domain, how: imitates.how } },
  );
}

/** Agrees with a domain, under the root that an operator approved: for the first time, or anew. */
async function agree(
  node: ArchiveNode,
  name: string,
  input: Omit<Parameters<Operations['partner.add']>[0], 'domain'>,
): Promise<OperationOutput<'partner.add'>> {
  const { organisation, settings, links } = node;
  const { rootId, pin, addresses, shareDirectory, retentionFloorDays = null } = input;
  const found = await findOrPin(node, name, pin);
  if (found.records.current.id !== rootId) {
    throw new ChanceryError(
      'identity.root-mismatch',
      `${name} shows another root than was approved; look at it again`,
    );
  }
  const known = organisation.partners.organisation(name);
  refuseReplaced(known, found, name);
  const level = levelOf(found, pin);
  if (LEVELS.indexOf(level) < LEVELS.indexOf(settings.requireLevel)) {
    throw new ChanceryError(
      'identity.unproven',
      `${name} is verified at level ${level} only, and ${settings.requireLevel} is required; have it sign its zone, or give --pin`,
    );
  }
  const now = platform.clock();
  const statement = await signAgreement(
    {
      from: organisation.domain,
      with: name,
      root: rootId,
      since: Math.floor(now / 1000),
      until: null,
      terms: {
        messageBytes: settings.messageBytes,
        directory: shareDirectory,
        ...optionalFloor(retentionFloorDays),
      },
    },
    organisation.statementSigner,
  );
  const agreement: AgreementRecord = {
    domain: name,
    state: 'active',
    statement,
    rootId,
    pinned: pin !== undefined,
    addresses,
    since: now,
  };
  const { partners } = organisation;
  const { sequence } = found.records.current;
  const same = known?.rootId === rootId;
  const sighting = {
    organisation: {
      domain: name,
      rootId,
      formerRoots: same ? known.formerRoots : [],
      sequence: same ? Math.max(known.sequence, sequence) : sequence,
      level,
      proof: null,
      proofUntil: found.proven?.window.until ?? null,
      root: null,
      since: same ? known.since : now,
    },
    proof: found.proof,
  };
  // another root that nothing handed over to is another owner: its rosters begin anew
  const anew = known !== undefined && known.rootId !== rootId;
  await (anew ? partners.agreeAnew(agreement, sighting) : partners.agree(agreement, sighting));
  links.add(name);
  links.returned(name);
  return showPartner(node, agreement);
}

/** Signs the agreement anew with other terms. The link to the partner is made anew, since that begins with showing it. */
async function updatePartner(
  node: ArchiveNode,
  { domain, shareDirectory, retentionFloorDays }: Parameters<Operations['partner.update']>[0],
): Promise<OperationOutput<'partner.update'>> {
  const { organisation, links } = node;
  if (shareDirectory === undefined && retentionFloorDays === undefined)
    throw new ChanceryError(
      'request.invalid',
      'nothing is to change; give --share-directory or --retention-floor',
    );
  const name = partnerDomain(node, domain);
  const agreed = organisation.partners.agreement(name);
  if (agreed === undefined)
    throw new ChanceryError('partner.unknown', `no agreement with ${name}; see chancery partner list`);
  const before = valueOf(readAgreement(agreed.statement));
  // of two that one side signed the later one counts, so none is as old as the one before
  const since = Math.max(Math.floor(platform.clock() / 1000), before.since + 1);
  const { retentionFloorDays: floorBefore = null, ...others } = before.terms;
  const floor = retentionFloorDays === undefined ? floorBefore : retentionFloorDays;
  const directory = shareDirectory ?? others.directory;
  const terms = { ...others, directory, ...optionalFloor(floor) };
  const statement = await signAgreement({ ...before, since, terms }, organisation.statementSigner);
  const agreement = valueOf(await organisation.partners.amend(name, agreed.statement, statement));
  await links.remove(name);
  links.add(name);
  return showPartner(node, agreement);
}

function optionalFloor(days: number | null): { readonly retentionFloorDays?: number } {
  return days === null ? {} : { retentionFloorDays: days };
}

/** A root that was handed over from, or an older record of the one known, is what a thief or an old copy of the zone shows. */
function refuseReplaced(
  known: OrganisationRecord | undefined,
  { records: { current }, proven }: FoundDomain,
  domain: string,
): void {
  if (known === undefined) return;
  const older = known.rootId === current.id && proven !== null && current.sequence < known.sequence;
  if (!older && !known.formerRoots.includes(current.id)) return;
  throw new ChanceryError(
    'identity.rollback',
    `${domain} shows ${older ? 'an older record' : 'a root that has handed over to another'}; ask its operator`,
  );
}

/** What DNS says, or where it is silent and an operator brings a fingerprint, that fingerprint. */
async function findOrPin(node: ArchiveNode, domain: string, pin: string | undefined): Promise<FoundDomain> {
  try {
    return await find(node, domain, pin);
  } catch (error) {
    const silent =
      error instanceof ChanceryError && ['dns.unreachable', 'dns.no-record'].includes(error.code);
    if (!silent || pin === undefined) throw error;
    const current = { id: pin, sequence: 0, state: 'current' as const };
    return { level: 'dns', records: { current, next: null }, proof: null, proven: null };
  }
}

function levelOf(found: FoundDomain, pin: string | undefined): OrganisationRecord['level'] {
  if (found.level === 'dnssec') return 'dnssec';
  return pin === undefined ? 'dns' : 'pinned';
}

function partnerDomain(node: ArchiveNode, text: string): string {
  const domain = valueOf(parseDomain(text));
  if (domain === node.organisation.domain) {
    throw new ChanceryError(
      'request.invalid',
      `${domain} is this organisation itself; a partner is another one`,
    );
  }
  return domain;
}

export async function showPartner(
  node: ArchiveNode,
  agreement: AgreementRecord,
): Promise<OperationOutput<'partner.add'>> {
  const { partners, messages } = node.organisation;
  const state = node.links.state(agreement.domain);
  const lastContact = state?.lastContact ?? null;
  return {
    domain: agreement.domain,
    level: partners.organisation(agreement.domain)?.level ?? 'none',
    rootId: agreement.rootId,
    agreedSince: time(agreement.since),
    mutual: state?.mutual ?? false,
    addresses: [...agreement.addresses],
    sharesDirectory: valueOf(readAgreement(agreement.statement)).terms.directory,
    retentionFloor: { ...partners.floors(agreement.domain) },
    connected: state?.connected ?? false,
    backlog: await messages.backlog(agreement.domain, MAX_BACKLOG_SHOWN),
    lastContact: lastContact === null ? null : time(lastContact),
    lastError: state?.lastError ?? null,
  };
}

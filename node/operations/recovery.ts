/** After a restore from an older backup: what was lost, that an operator accepts it, and what partners give back. */
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { parseDomain } from '../../protocol/names/index.ts';
import { revocationOf } from '../../protocol/statement/index.ts';
import { platform, type ArchiveNode } from '../composition/index.ts';
import { askHeldFile, type HeldMessage } from '../federation/index.ts';
import type { Peer } from '../network/index.ts';
import type { Source } from '../intake/index.ts';
import { findLoss, takeBack, type Loss } from '../recovery/index.ts';
import type { Operations } from './contract.ts';
import { hex, time } from './present.ts';

/** Who acts over the admin socket. */
const ACTOR = 'operator';

/** Checkpoints that are kept as proof of a loss, beside the one that stopped the log. */
const MAX_SHOWN = 63;

type RecoveryOperations = Pick<
  Operations,
  'archive.lost' | 'archive.accept-loss' | 'archive.take-back' | 'partner.accept-loss'
>;

export function recoveryOperations(node: ArchiveNode): RecoveryOperations {
  const { ledger, log, witnessing } = node.organisation;
  return {
    'archive.lost': async () => showLoss(node, await lossFrom(node, log.size)),
    'archive.accept-loss': async ({ reason, unasked }) => {
      const size = await sizeLeft(node);
      const loss = await lossFrom(node, size);
      const away = faulty(loss);
      if (away.length > 0 && !unasked) {
        throw new ChanceryError(
          'node.unreachable',
          `${away.join(', ')} could not be asked, and may hold more; see chancery archive lost, or add --unasked`,
        );
      }
      const shown = loss.partners
        .flatMap(({ domain, known }) => (known === null ? [] : [{ partner: domain, note: known.note }]))
        .slice(0, MAX_SHOWN);
      const accepted = { size, until: loss.until, shown, actor: ACTOR, reason };
      const until = await witnessing.ownLog.accept(accepted);
      return { size, until, unasked: away };
    },
    'archive.take-back': async () => {
      const losses = await witnessing.losses.ofOurs();
      const [first] = losses.toSorted((a, b) => a.size - b.size);
      if (first === undefined)
        throw new ChanceryError('request.invalid', 'no loss was accepted; see chancery archive lost');
      await ledger.administer(ACTOR, 'archive.take-back', String(first.size));
      const loss = await lossFrom(node, first.size);
      const held = loss.partners.flatMap(({ messages }) => messages);
      const { intake, incoming, agreement, terms } = node.organisation;
      const checkAgreement = (statement: Uint8Array, peer: Peer): void => void terms.check(statement, peer);
      const open = (partner: string): ReturnType<typeof node.links.open> => node.links.open(partner);
      const taken = await takeBack(held, {
        intake,
        suite: platform.suite,
        sourceOf: (message) => sourceOf(node, message),
        askFile: (wanted) => askHeldFile({ open, agreement, checkAgreement, incoming }, wanted),
      });
      return { taken, unasked: faulty(loss) };
    },
    'partner.accept-loss': async ({ domain, size, reason }) => {
      const name = valueOf(parseDomain(domain));
      const { cosignatures, losses, partnerLogs } = witnessing;
      const known = cosignatures.ofPartner(name)?.size ?? 0;
      if (known <= size) {
        const message = `what was cosigned of the log of ${name} has ${known} entries, so nothing of it is lost at ${size}`;
        throw new ChanceryError('request.invalid', message);
      }
      const baseline = await losses.accept(name, size, ACTOR, reason);
      partnerLogs.forget(name);
      return { domain: name, size, baseline: baseline?.size ?? null };
    },
  };
}

/**
 * How many entries are left of the log that is stopped. Where it had gone on since an earlier loss, and a partner that was
 * away then shows that more was lost: as many as at that one.
 */
async function sizeLeft({ organisation: { log, witnessing } }: ArchiveNode): Promise<number> {
  if (log.stopped?.code === 'archive.rolled-back') return log.size;
  const earlier = (await witnessing.losses.ofOurs()).at(-1);
  if (log.stopped?.code === 'archive.forked' && earlier !== undefined) return earlier.size;
  const why = log.stopped === undefined ? 'is not stopped' : 'was forked, not set back';
  throw new ChanceryError('request.invalid', `the archive ${why}, so there is no loss to accept`);
}

async function lossFrom({ organisation, links }: ArchiveNode, size: number): Promise<Loss> {
  const { domain, partners, agreement, terms, signers, statementSigner } = organisation;
  return findLoss({
    domain,
    size,
    partners: (await partners.agreements()).map((agreed) => agreed.domain),
    open: (partner) => links.open(partner),
    openWitness: (partner) => links.open(partner, 'witness'),
    agreement,
    checkAgreement: (statement, peer) => void terms.check(statement, peer), // the log is stopped: nothing is recorded
    signers,
    suite: platform.suite,
    publicKey: statementSigner.publicKey,
  });
}

function showLoss({ organisation }: ArchiveNode, { size, until, partners }: Loss) {
  const messages = new Map<string, HeldMessage>();
  for (const message of partners.flatMap(({ messages: held }) => held)) {
    const id = hex(message.id);
    if (!messages.has(id)) messages.set(id, message);
  }
  return {
    size,
    until,
    stopped: organisation.log.stopped !== undefined,
    partners: partners.map(({ domain, known, messages: held, fault }) => ({
      domain,
      known: known?.size ?? null,
      held: held.length,
      fault,
    })),
    messages: [...messages]
      .map(([id, { position, partner, at, time: archived, signer }]) => ({
        id,
        position,
        partner,
        sender: signer.address,
        at,
        time: time(archived),
      }))
      .toSorted((a, b) => a.position - b.position),
  };
}

function faulty({ partners }: Loss): string[] {
  return partners.filter(({ fault }) => fault !== null).map(({ domain }) => domain);
}

/** As from the device that wrote it, where that is ours; else as from the partner. */
function sourceOf({ organisation }: ArchiveNode, { sent, signer, partner }: HeldMessage): Source {
  if (sent) {
    const revokedFor = (serial: string) => organisation.members.device(serial)?.revoked?.reason;
    const { address, publicKey } = signer;
    return { direction: 'outbound', address, publicKey, session: signer, revokedFor, hadBack: true };
  }
  const { rootId, roster } = valueOf(organisation.trust.partner(partner));
  return {
    direction: 'inbound',
    domain: partner,
    rootId,
    revocationOf: (serial) => (roster === null ? undefined : revocationOf(roster, serial)),
    shown: () => ({ ok: true, value: signer }),
    checkpoint: null,
    hadBack: true,
  };
}

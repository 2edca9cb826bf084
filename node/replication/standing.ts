/**
 * Who leads: a node that was made the primary shows every other archive node a checkpoint with its epoch. Whoever knows
 * a lower one follows it from then on; a primary of a lower one is deposed.
 */
import { epochOf, openCheckpoint } from '../../protocol/checkpoint/index.ts';
import type { CryptoSuite } from '../../protocol/crypto/index.ts';
import { accept, refuse, type Result } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  primaryFrameShape,
  readFrame,
  refusalFrame,
  refusalOf,
  writeFrame,
  type FrameChannel,
  type ReplicaFrame,
} from '../../protocol/wire/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

export interface LeadershipOptions {
  readonly ledger: Ledger;
  readonly origin: string;
  readonly suite: CryptoSuite;
  /** A node of ours leads, under a higher epoch than is known here. */
  readonly onLeader: (leader: Peer, epoch: number) => void | Promise<void>;
}

/** Answers `lead` and `where`, which an archive node may be asked in whatever role; false for any other frame. */
export async function answerStanding(
  frame: ReplicaFrame,
  channel: FrameChannel,
  peer: Peer,
  options: LeadershipOptions,
): Promise<boolean> {
  if (frame.type !== 'lead' && frame.type !== 'where') return false;
  const { ledger } = options;
  const answer = isArchive(peer)
    ? frame.type === 'where'
      ? accept(undefined)
      : await follow(frame.checkpoint, peer, options)
    : refuse('peer.unauthorized', 'only archive nodes of this organisation ask that');
  const at = { type: 'at', size: ledger.log.size, epoch: ledger.epoch };
  await writeFrame(channel, answer.ok ? at : refusalFrame(answer.refusal));
  await channel.close();
  return true;
}

/** Shows another archive node who leads, or asks where it stands; says how far it has come. Throws what it refuses with. */
export async function askStanding(
  channel: FrameChannel,
  question: Extract<ReplicaFrame, { type: 'lead' | 'where' }>,
): Promise<Result<{ readonly size: number; readonly epoch: number }>> {
  await writeFrame(channel, question);
  const answer = await readFrame(channel, primaryFrameShape, MAX_FRAME_BYTES, 'standing');
  await channel.close();
  if (!answer.ok) return answer;
  if (answer.value.type === 'refused') return refusalOf(answer.value);
  return answer.value.type === 'at'
    ? accept(answer.value)
    : refuse('encoding.malformed', 'the node did not say where it stands');
}

async function follow(
  checkpoint: string,
  peer: Peer,
  { ledger, origin, suite, onLeader }: LeadershipOptions,
): Promise<Result<void>> {
  const publicKey = peer.identity.statement?.publicKey;
  if (publicKey === undefined) return refuse('certificate.wrong-kind', 'the node showed no statement key');
  const opened = openCheckpoint(checkpoint, origin, publicKey, suite);
  if (!opened.ok) return opened;
  const epoch = epochOf(opened.value);
  if (epoch <= ledger.epoch)
    return refuse('archive.deposed', `epoch ${epoch} is not above ${ledger.epoch}, which is in force here`);
  await onLeader(peer, epoch);
  return accept(undefined);
}

export function isArchive({ own, identity: { leaf } }: Peer): boolean {
  return own && leaf.subject.kind === 'node' && leaf.subject.roles.includes('archive');
}

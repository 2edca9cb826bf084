/**
 * Serves partners' witness streams: cosigns their checkpoints, and shows them what they may see of our log and of what we
 * know of theirs. Guarantees: one request of a stream at a time; nothing for whom there is no agreement with now; of
 * another partner's log nothing at all, not even that it is witnessed here.
 */
import type { Logger } from 'pino';
import type { Sha256 } from '../../protocol/crypto/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import {
  MAX_FRAME_BYTES,
  refusalFrame,
  witnessRequestShape,
  writeFrame,
  type FrameChannel,
  type WitnessAnswer,
  type WitnessRequest,
} from '../../protocol/wire/index.ts';
import { decodeCbor } from '../../protocol/encoding/index.ts';
import type { Trust } from '../identity/index.ts';
import type { Peer } from '../network/index.ts';
import { bytesAnswer, refusalAnswer, textAnswer } from './answer.ts';
import type { OwnTree } from './own-tree.ts';
import { logOf, type PartnerLog } from './partner-log.ts';
import { cosignedPath, shownPath } from './paths.ts';
import type { PartnerLogs } from './partner-logs.ts';
import type { Witness } from './witness.ts';

export interface WitnessServerOptions {
  readonly witness: Witness;
  readonly partnerLogs: PartnerLogs;
  readonly tree: OwnTree;
  readonly trust: Trust;
  /** Resolves once the log may be written to: before that, what is known is shown and nothing is cosigned. */
  readonly ready: Promise<unknown>;
  readonly sha256: Sha256;
  readonly log: Logger;
}

export class WitnessServer {
  readonly #options: WitnessServerOptions;

  constructor(options: WitnessServerOptions) {
    this.#options = options;
  }

  /** Serves one stream of a partner's node until it ends. */
  async serve(channel: FrameChannel, peer: Peer): Promise<void> {
    const from = logOf(peer);
    if (from === undefined)
      throw new ChanceryError('certificate.wrong-kind', `${peer.identity.domain} showed no statement key`);
    for (;;) {
      const frame = await channel.read();
      if (frame === null) break;
      const request = decodeCbor(frame, MAX_FRAME_BYTES, witnessRequestShape, 'request to a witness');
      const allowed = this.#options.trust.partner(from.domain);
      const refused = request.ok ? (allowed.ok ? undefined : allowed.refusal) : request.refusal;
      if (refused !== undefined) {
        await writeFrame(channel, refusalFrame(refused));
        break;
      }
      if (request.ok) await writeFrame(channel, await this.#answer(request.value, from));
    }
    await channel.close();
  }

  async #answer(request: WitnessRequest, from: PartnerLog): Promise<WitnessAnswer> {
    try {
      if (request.type === 'get') return await this.#show(request.path, from);
      await this.#options.ready;
      return await this.#options.witness.addCheckpoint(request.body, from);
    } catch (error) {
      const { code, message } =
        error instanceof ChanceryError ? error : { code: 'internal', message: 'the witness failed' };
      this.#options.log.warn(
        { partner: from.domain, code, err: error },
        'a partner’s checkpoint was not judged',
      );
      return refusalAnswer(503, message);
    }
  }

  async #show(path: string, from: PartnerLog): Promise<WitnessAnswer> {
    const { witness, partnerLogs, tree, sha256 } = this.#options;
    if (path === 'checkpoint') return textAnswer(200, (await tree.checkpoint()).note);
    if (path === cosignedPath(sha256, from.domain)) return noteAnswer(witness.latest(from.domain));
    if (path === shownPath(sha256, from.domain)) return noteAnswer(partnerLogs.largest(from));
    if (path.startsWith('tile/entries/'))
      return refusalAnswer(403, 'entries show kinds and times; partners are given hashes only');
    const tile = tree.tile(path);
    return tile === undefined ? refusalAnswer(404, 'there is no such resource') : bytesAnswer(tile);
  }
}

function noteAnswer(note: string | undefined): WitnessAnswer {
  return note === undefined
    ? refusalAnswer(404, 'no checkpoint of that log is known here')
    : textAnswer(200, note);
}

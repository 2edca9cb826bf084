/** What a device hands in: checked and archived by `intake`, and what became of each message said as its device understands it. */
import { equals } from 'uint8arrays/equals';
import type { Refusal } from '../../protocol/errors/index.ts';
import type { Revocation } from '../../protocol/statement/index.ts';
import type { DeviceAnswer, DeviceRequest, Redaction } from '../../protocol/wire/index.ts';
import type { Authority } from '../identity/index.ts';
import type { Intake } from '../intake/index.ts';
import type { Members, Signers } from '../ledger/index.ts';
import type { Peer } from '../network/index.ts';

export interface SubmissionsOptions {
  readonly intake: Intake;
  readonly signers: Signers;
  readonly members: Members;
  readonly authority: Authority;
}

type Results = Extract<DeviceAnswer, { type: 'submitted' }>['results'];

export class Submissions {
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /** In the order of the request. */
  async take(
    { envelopes, confirmations = [] }: Extract<DeviceRequest, { type: 'submit' }>,
    peer: Peer,
    address: string,
  ): Promise<Results> {
    const { intake, signers, members, authority } = this.#options;
    const { publicKey } = peer.identity.leaf;
    const own = signers.ofPeer(peer.identity, authority.chainNow(peer.identity.bundle.chain));
    // the same three certificates for every message of the frame, which are all checked before anything else happens
    const reasons = new Map<string, Revocation['reason'] | undefined>();
    const revokedFor = (serial: string): Revocation['reason'] | undefined => {
      if (!reasons.has(serial)) reasons.set(serial, members.device(serial)?.revoked?.reason);
      return reasons.get(serial);
    };
    const outcomes = await intake.take(
      envelopes.map((envelope) => ({ envelope, position: null })),
      {
        direction: 'outbound',
        address,
        publicKey,
        session: own.ok ? own.value : undefined,
        revokedFor,
        confirmed: (id) => confirmations.find(({ message }) => equals(message, id))?.reason ?? null,
      },
    );
    return outcomes.map((outcome) =>
      outcome.state === 'archived'
        ? {
            ...{ state: 'archived', message: outcome.id, sequence: outcome.sequence, time: outcome.time },
            ...(outcome.held ? { held: true } : {}),
          }
        : {
            state: 'refused',
            message: outcome.id,
            code: outcome.refusal.code,
            text: outcome.refusal.message,
            ...redactionsOf(outcome.refusal),
          },
    );
  }
}

/** What a device has to take out of a text before it may go, as the policy says in a refusal. */
function redactionsOf({ facts }: Refusal): { redactions?: Redaction[] } {
  const { redactions } = facts;
  if (typeof redactions !== 'string') return {};
  return {
    redactions: redactions.split(' ').map((place) => {
      const [start, end, ...type] = place.split('-');
      return { start: Number(start), end: Number(end), type: type.join('-') };
    }),
  };
}

/**
 * Attacks by a partner through requests for preservation: what was not exchanged with it, answers that nobody asked for,
 * statements made for another purpose or by another key, and more than is taken.
 */
import { fromString } from 'uint8arrays/from-string';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import { refuse, type Result } from '../../protocol/errors/index.ts';
import { signedBytes, type Context } from '../../protocol/signing/index.ts';
import { signLetter, type Letter } from '../../protocol/statement/index.ts';
import { attacksOn, type Attack } from '../support/attack-table.ts';
import { keyOf, OLIVE, PARTNER, PreservingWorld } from '../support/preserving.ts';

type Row = Attack<PreservingWorld>;

/** Asks with something wrong. */
function asks(change: (world: PreservingWorld) => Partial<Letter<'preservation'>>): Row['attempt'] {
  return (world) => world.take('preservation', world.request(change(world)));
}

/** A payload of the partner's that is signed for some purpose. */
async function signedFor(context: Context, value: unknown): Promise<Uint8Array> {
  const payload = encodeCbor(value);
  return encodeCbor([payload, await keyOf(PARTNER).signer.sign(signedBytes(context, payload))]);
}

/** Answers a request of ours. */
function answers(
  world: PreservingWorld,
  request: Uint8Array,
  outcome: 'accepted' | 'declined' = 'accepted',
  as = PARTNER,
): Promise<Result<Uint8Array>> {
  const officer = `petra@${as}`;
  return world.take('preservation-answer', { ...world.act(request), from: as, officer, outcome }, as);
}

let id: Uint8Array;

const REQUESTS: readonly Row[] = [
  {
    attack: 'a request for a conversation of ours that it has no part in',
    code: 'preservation.out-of-scope',
    attempt: asks(({ internal }) => ({ people: [], conversations: [internal.conversation] })),
  },
  {
    attack: 'a request for one of theirs and one with somebody else',
    code: 'preservation.out-of-scope',
    attempt: asks(({ withPartner, withThird }) => ({
      conversations: [withPartner.conversation, withThird.conversation],
    })),
  },
  {
    attack: 'a request for a conversation that there is not',
    code: 'preservation.out-of-scope',
    attempt: asks(() => ({ conversations: [new Uint8Array(32).fill(7)] })),
  },
  {
    attack: 'a request for one of our people with whom it never spoke',
    code: 'preservation.out-of-scope',
    attempt: asks(() => ({ people: ['carol@acme.test'] })),
  },
  {
    attack: 'a request for somebody of another partner',
    code: 'preservation.out-of-scope',
    attempt: asks(() => ({ people: ['cat@third.test'] })),
  },
  {
    attack: 'a request for everything of a time, by a partner with whom nothing was exchanged',
    code: 'preservation.out-of-scope',
    attempt: (world) => {
      const stranger = { from: 'quiet.test', officer: 'petra@quiet.test', people: [], since: 1 };
      return world.take('preservation', world.request(stranger), 'quiet.test');
    },
  },
  {
    attack: 'a request that names nothing',
    code: 'request.invalid',
    attempt: asks(() => ({ people: [] })),
  },
  {
    attack: 'a request for a time that ends before it begins',
    code: 'request.invalid',
    attempt: asks(() => ({ since: 2_000, until: 1_000 })),
  },
  {
    attack: 'a request in the name of one of our officers',
    code: 'request.invalid',
    attempt: asks(() => ({ officer: OLIVE })),
  },
  {
    attack: 'a request dated in a year',
    code: 'request.invalid',
    attempt: asks(({ retaining }) => ({ time: retaining.now + 365 * 86_400_000 })),
  },
  {
    attack: 'a request for an address in capitals',
    code: 'name.bad-address',
    attempt: asks(() => ({ people: ['Bob@partner.test'] })),
  },
  {
    attack: 'a request that was made for somebody else',
    code: 'certificate.wrong-domain',
    attempt: asks(() => ({ to: 'third.test' })),
  },
  {
    attack: 'a request of somebody else',
    code: 'certificate.wrong-domain',
    attempt: asks(() => ({ from: 'third.test' })),
  },
  {
    attack: 'a request by another key',
    code: 'signature.invalid',
    attempt: async (world) =>
      world.hand('request', await signLetter('preservation', world.request(), keyOf('x').signer)),
  },
  {
    attack: 'an agreement’s signature under a request',
    code: 'signature.invalid',
    attempt: async (world) =>
      world.hand('request', await signedFor('agreement', { v: 1, ...world.request() })),
  },
  {
    attack: 'a withdrawal in the place of a request',
    code: 'signature.invalid',
    attempt: async (world) => {
      const withdrawal = world.act(new Uint8Array(32));
      return world.hand(
        'request',
        await signLetter('preservation-withdrawal', withdrawal, keyOf(PARTNER).signer),
      );
    },
  },
  {
    attack: 'a request for 65 people',
    code: 'encoding.malformed',
    attempt: asks(() => ({ people: Array.from({ length: 65 }, () => 'bob@partner.test') })),
  },
  {
    attack: 'a request of 33,000 bytes',
    code: 'encoding.too-large',
    attempt: (world) => world.hand('request', new Uint8Array(33_000)),
  },
  {
    attack: 'a request with a field of its own',
    code: 'encoding.malformed',
    attempt: async (world) =>
      world.hand('request', await signedFor('preservation', { v: 1, ...world.request(), all: true })),
  },
  {
    attack: 'a thirty-third request while no officer has answered one',
    code: 'preservation.too-many',
    given: async (world) => {
      for (let number = 1; number <= 32; number += 1) await world.requested({ number });
    },
    attempt: asks(() => ({ number: 33 })),
  },
  {
    attack: 'a sixty-fifth request within a day, each of them withdrawn',
    code: 'preservation.too-many',
    given: async (world) => {
      for (let number = 1; number <= 64; number += 1) {
        const request = await world.requested({ number });
        await world.take('preservation-withdrawal', world.act(request));
      }
    },
    attempt: asks(() => ({ number: 65 })),
  },
];

const ANSWERS: readonly Row[] = [
  {
    attack: 'an answer to what nobody asked',
    code: 'preservation.unknown',
    attempt: (world) => answers(world, new Uint8Array(32).fill(1)),
  },
  {
    attack: 'an answer to what another partner was asked',
    code: 'preservation.unknown',
    given: async (world) => (id = await world.ask('third.test')),
    attempt: (world) => answers(world, id),
  },
  {
    attack: 'an answer to a request of its own',
    code: 'preservation.unknown',
    given: async (world) => (id = await world.requested()),
    attempt: (world) => answers(world, id),
  },
  {
    attack: 'a second answer, which takes the first back',
    code: 'preservation.settled',
    given: async (world) => {
      id = await world.ask();
      await answers(world, id);
    },
    attempt: (world) => answers(world, id, 'declined'),
  },
  {
    attack: 'an answer that is neither yes nor no',
    code: 'encoding.malformed',
    given: async (world) => (id = await world.ask()),
    attempt: async (world) => {
      const answer = { v: 1, ...world.act(id), outcome: 'perhaps' };
      return world.hand('answer', await signedFor('preservation-answer', answer));
    },
  },
  {
    attack: 'our own request, handed back as an answer',
    code: 'signature.invalid',
    given: async (world) => (id = await world.ask()),
    attempt: async (world) =>
      world.hand('answer', (await world.preservations.request(id)) ?? fromString('none')),
  },
  {
    attack: 'a withdrawal of what another partner asked',
    code: 'preservation.unknown',
    given: async (world) => (id = await world.requested()),
    attempt: (world) => {
      const third = { ...world.act(id), from: 'third.test', officer: 'petra@third.test' };
      return world.take('preservation-withdrawal', third, 'third.test');
    },
  },
  {
    attack: 'a withdrawal of what we asked',
    code: 'preservation.unknown',
    given: async (world) => (id = await world.ask()),
    attempt: (world) => world.take('preservation-withdrawal', world.act(id)),
  },
  {
    attack: 'a second withdrawal with another reason',
    code: 'preservation.settled',
    given: async (world) => {
      id = await world.requested();
      await world.take('preservation-withdrawal', world.act(id));
    },
    attempt: (world) => world.take('preservation-withdrawal', { ...world.act(id), reason: 'another' }),
  },
  {
    attack: 'a request that is withdrawn before an officer accepts it',
    code: 'preservation.settled',
    given: async (world) => {
      id = await world.requested();
      await world.take('preservation-withdrawal', world.act(id));
    },
    attempt: async ({ preserving }) => {
      try {
        await preserving.acts.accept(id, OLIVE, '');
        return { ok: true, value: undefined };
      } catch (error) {
        return refuse((error as { code: 'preservation.settled' }).code, 'refused');
      }
    },
  },
];

attacksOn('a partner’s request for preservation', REQUESTS, () => PreservingWorld.open());
attacksOn('a partner’s answer or withdrawal', ANSWERS, () => PreservingWorld.open());

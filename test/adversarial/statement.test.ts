/**
 * Attacks by signed statements on their doors: an agreement carried elsewhere, and signatures shown for another purpose
 * than they were made for.
 */
import { logOrigin, openCheckpoint } from '../../protocol/checkpoint/index.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import { encodeCbor } from '../../protocol/encoding/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { decodeMessage, verifyMessage } from '../../protocol/message/index.ts';
import { signedBytes } from '../../protocol/signing/index.ts';
import {
  openAgreement,
  openReceipt,
  openRoster,
  signAgreement,
  signReceipt,
  signRoster,
  type Agreement,
} from '../../protocol/statement/index.ts';
import { attacks, type Attack } from '../support/attack-table.ts';
import { AT } from '../support/chain-drafts.ts';
import { makeKey } from '../support/organisation.ts';

const YEARISH = 400 * 86_400;
const { signer, publicKey } = makeKey('a statement key');
const stranger = makeKey('a stranger');

const AGREEMENT: Agreement = {
  from: 'acme.test',
  with: 'home.test',
  root: 'our root',
  since: AT,
  until: null,
  terms: { messageBytes: 65_536, directory: 'none' as const },
};
const ROSTER = {
  domain: 'acme.test',
  number: 1,
  issued: AT,
  nextUpdate: AT + 86_400,
  nodes: [],
  revoked: [],
};
const RECEIPT = { from: 'acme.test', to: 'home.test', time: AT, archived: [], refused: [], checkpoint: '' };

const EXPECTED = { from: 'acme.test', us: 'home.test', rootIds: ['our root'], at: AT };

function agree(
  statement: Uint8Array,
  change: Partial<typeof EXPECTED> = {},
  key = publicKey,
): Result<unknown> {
  return openAgreement(statement, { ...EXPECTED, ...change }, key, nobleSuite);
}

async function agreed(change: Partial<Agreement>): Promise<Result<unknown>> {
  return agree(await signAgreement({ ...AGREEMENT, ...change }, signer));
}

/** A payload with a signature over other bytes than a statement's. */
async function signedOtherwise(
  value: unknown,
  message: (payload: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const payload = encodeCbor(value);
  return encodeCbor([payload, await signer.sign(message(payload))]);
}

const AGREEMENTS: readonly Attack<undefined>[] = [
  {
    attack: 'an agreement with our old root, after we have another',
    code: 'agreement.mismatch',
    attempt: async () => agree(await signAgreement(AGREEMENT, signer), { rootIds: ['our new root'] }),
  },
  {
    attack: 'an agreement carried over to who took our domain',
    code: 'agreement.mismatch',
    attempt: () => agreed({ root: 'the root of whoever was here before' }),
  },
  {
    attack: 'an agreement with somebody else',
    code: 'agreement.mismatch',
    attempt: () => agreed({ with: 'other.test' }),
  },
  {
    attack: 'an agreement of somebody else',
    code: 'agreement.mismatch',
    attempt: () => agreed({ from: 'other.test' }),
  },
  {
    attack: 'an agreement with our domain in upper case',
    code: 'agreement.mismatch',
    attempt: () => agreed({ with: 'HOME.test' }),
  },
  {
    attack: 'an agreement with our domain and a dot',
    code: 'agreement.mismatch',
    attempt: () => agreed({ with: 'home.test.' }),
  },
  {
    attack: 'an agreement that ended 400 days ago',
    code: 'agreement.mismatch',
    attempt: () => agreed({ since: AT - 2 * YEARISH, until: AT - YEARISH }),
  },
  {
    attack: 'an agreement that begins in 400 days',
    code: 'agreement.mismatch',
    attempt: () => agreed({ since: AT + YEARISH }),
  },
  {
    attack: 'an agreement by another key',
    code: 'signature.invalid',
    attempt: async () => agree(await signAgreement(AGREEMENT, stranger.signer)),
  },
  {
    attack: 'an agreement of 9,000 bytes',
    code: 'encoding.too-large',
    attempt: () => agree(new Uint8Array(9_000)),
  },
  {
    attack: 'an agreement with terms of its own',
    code: 'encoding.malformed',
    attempt: async () =>
      agree(
        await signedOtherwise(
          { v: 1, ...AGREEMENT, terms: { messageBytes: 1, directory: 'none' as const, free: true } },
          (payload) => signedBytes('agreement', payload),
        ),
      ),
  },
  {
    attack: 'an agreement cut short',
    code: 'encoding.malformed',
    attempt: async () => agree((await signAgreement(AGREEMENT, signer)).subarray(0, -1)),
  },
];

const openRosterOf = (statement: Uint8Array): Result<unknown> =>
  openRoster(statement, 'acme.test', publicKey, AT, nobleSuite);

const CONTEXTS: readonly Attack<undefined>[] = [
  {
    attack: 'a roster’s signature under an agreement',
    code: 'signature.invalid',
    attempt: async () =>
      agree(await signedOtherwise({ v: 1, ...AGREEMENT }, (payload) => signedBytes('roster', payload))),
  },
  {
    attack: 'a roster in the place of an agreement',
    code: 'signature.invalid',
    attempt: async () => agree(await signRoster(ROSTER, signer)),
  },
  {
    attack: 'an agreement’s signature under a roster',
    code: 'roster.bad-signature',
    attempt: async () =>
      openRosterOf(
        await signedOtherwise({ v: 1, ...ROSTER }, (payload) => signedBytes('agreement', payload)),
      ),
  },
  {
    attack: 'a receipt in the place of a roster',
    code: 'roster.bad-signature',
    attempt: async () => openRosterOf(await signReceipt(RECEIPT, signer)),
  },
  {
    attack: 'a roster’s bytes signed without their purpose',
    code: 'roster.bad-signature',
    attempt: async () => openRosterOf(await signedOtherwise({ v: 1, ...ROSTER }, (payload) => payload)),
  },
  {
    attack: 'a roster signed for its hash, not for its bytes',
    code: 'roster.bad-signature',
    attempt: async () =>
      openRosterOf(
        await signedOtherwise({ v: 1, ...ROSTER }, (payload) =>
          nobleSuite.sha256(signedBytes('roster', payload)),
        ),
      ),
  },
  {
    attack: 'a roster in the place of a receipt',
    code: 'signature.invalid',
    attempt: async () =>
      openReceipt(
        await signRoster(ROSTER, signer),
        { from: 'acme.test', to: 'home.test' },
        publicKey,
        nobleSuite,
      ),
  },
  {
    attack: 'a receipt for somebody else',
    code: 'certificate.wrong-domain',
    attempt: async () =>
      openReceipt(
        await signReceipt(RECEIPT, signer),
        { from: 'acme.test', to: 'other.test' },
        publicKey,
        nobleSuite,
      ),
  },
  {
    attack: 'a roster in the place of a checkpoint',
    code: 'checkpoint.malformed',
    attempt: async () => {
      const note = Buffer.from(await signRoster(ROSTER, signer)).toString('latin1');
      return openCheckpoint(note, logOrigin('acme.test'), publicKey, nobleSuite);
    },
  },
  {
    attack: 'a message signed by its device for a receipt',
    code: 'signature.invalid',
    attempt: async () => {
      const device = { hash: new Uint8Array(32), publicKey, address: 'bob@acme.test' };
      const body = {
        v: 1,
        conversation: new Uint8Array(32),
        sender: 'bob@acme.test',
        device: device.hash,
        parents: [],
        time: AT * 1_000,
        salt: new Uint8Array(16),
        content: { kind: 'text', text: 'hello' },
      };
      const envelope = await signedOtherwise(body, (payload) => signedBytes('receipt', payload));
      const decoded = decodeMessage(envelope, nobleSuite);
      return decoded.ok ? verifyMessage(decoded.value, device, AT * 1_000, nobleSuite) : decoded;
    },
  },
];

attacks('an agreement', AGREEMENTS);
attacks('a signature made for another purpose', CONTEXTS);

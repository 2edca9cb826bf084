/** What an offline root signs, and what it does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toString } from 'uint8arrays/to-string';
import { rootIdOf } from '../../../protocol/certificate/index.ts';
import { sodiumSuite } from '../../../node/crypto/index.ts';
import {
  answerRequest,
  certificatesOf,
  readSigningAnswer,
  readSigningRequest,
  type SigningRequest,
} from '../../../node/signing/index.ts';
import { makeDevice, makeOrganisation } from '../../support/organisation.ts';

const acme = await makeOrganisation('acme.test', { at: 1_800_000_000 });
const other = await makeOrganisation('other.test', { at: 1_800_000_000 });
const id = rootIdOf(acme.root.signer.publicKey, sodiumSuite.sha256);

function asking(tbs: Uint8Array, root = id): SigningRequest {
  const items = [{ root, tbs: toString(tbs, 'base64url') }];
  return { chancery: 'signing request', v: 1, domain: 'acme.test', items };
}

test('an issuer of the domain is signed', async () => {
  const { items } = await answerRequest(asking(acme.issuer.certificate.tbs), [acme.root.signer]);
  assert.equal(items[0]?.signature, toString(acme.issuer.certificate.signature, 'base64url'));
});

test('nothing else is signed: a device, a root, or an issuer of another domain', async () => {
  const { certificate } = await makeDevice(acme, 'alice@acme.test');
  for (const { tbs } of [certificate, acme.root.certificate, other.issuer.certificate]) {
    await assert.rejects(answerRequest(asking(tbs), [acme.root.signer]), { code: 'request.invalid' });
  }
});

test('without the key of the root that is asked for, nothing is signed, and it is named', async () => {
  const request = asking(acme.issuer.certificate.tbs);
  await assert.rejects(answerRequest(request, [other.root.signer]), {
    code: 'key.missing',
    message: RegExp(id),
  });
});

test('files that are none of ours are refused', () => {
  for (const json of [{}, { ...asking(Uint8Array.of(1)), v: 2 }, { ...asking(Uint8Array.of(1)), more: 1 }]) {
    assert.throws(() => readSigningRequest(json), { code: 'request.invalid' });
    assert.throws(() => readSigningAnswer(json), { code: 'request.invalid' });
  }
  assert.throws(() => certificatesOf(asking(Uint8Array.of(1, 2, 3))), { code: 'certificate.malformed' });
});

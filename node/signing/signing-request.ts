/**
 * What an offline root is asked to sign, and its answer: two files of JSON that are carried there and back.
 * Guarantees: nothing is signed that is not an issuer or a handover of the domain named, of our own profile; the
 * answer is checked like any certificate from outside.
 */
import { fromString } from 'uint8arrays/from-string';
import { toString } from 'uint8arrays/to-string';
import { z } from 'zod';
import {
  assembleCertificate,
  parseCertificate,
  rootIdOf,
  type Certificate,
} from '../../protocol/certificate/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { sodiumSuite } from '../crypto/index.ts';

const base64url = z
  .string()
  .max(4_096)
  .regex(/^[A-Za-z0-9_-]+$/);

const item = z.strictObject({
  /** The id of the root whose key is to sign. */
  root: z.string(),
  /** DER of the certificate to be (TBSCertificate, RFC 5280, 4.1), base64url. */
  tbs: base64url,
});

const signingRequestShape = z.strictObject({
  chancery: z.literal('signing request'),
  v: z.literal(1),
  domain: z.string(),
  items: z.array(item).min(1).max(16),
});

const signingAnswerShape = z.strictObject({
  chancery: z.literal('signatures'),
  v: z.literal(1),
  domain: z.string(),
  items: z
    .array(item.extend({ signature: base64url }))
    .min(1)
    .max(16),
});

export type SigningRequest = z.infer<typeof signingRequestShape>;
export type SigningAnswer = z.infer<typeof signingAnswerShape>;

/** Reads a request from JSON. Throws `request.invalid`. */
export function readSigningRequest(json: unknown): SigningRequest {
  const parsed = signingRequestShape.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ChanceryError('request.invalid', 'that is no signing request; have the node write a new one');
}

/** Reads an answer from JSON. Throws `request.invalid`. */
export function readSigningAnswer(json: unknown): SigningAnswer {
  const parsed = signingAnswerShape.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ChanceryError(
    'request.invalid',
    'those are no signatures; make them with chancery identity sign',
  );
}

/** A signer of a root that is not here: it notes what is to be signed, and its signatures are void. */
export class AbsentSigner implements Signer {
  readonly publicKey: Uint8Array;
  readonly #items: SigningRequest['items'];

  constructor(publicKey: Uint8Array, items: SigningRequest['items']) {
    this.publicKey = publicKey;
    this.#items = items;
  }

  sign(tbs: Uint8Array): Uint8Array {
    const root = rootIdOf(this.publicKey, sodiumSuite.sha256);
    this.#items.push({ root, tbs: toString(tbs, 'base64url') });
    return new Uint8Array(64);
  }
}

/** What is to be signed, to be looked at before. Throws `request.invalid`, `certificate.*`. */
export function certificatesOf(request: SigningRequest): readonly Certificate[] {
  return request.items.map(({ tbs }) => {
    const certificate = assembled(tbs, new Uint8Array(64));
    if (isIssuer(certificate, request.domain) || isHandover(certificate, request.domain)) return certificate;
    throw new ChanceryError(
      'request.invalid',
      `the request wants more signed than an issuer or a handover of ${request.domain}; do not sign it`,
    );
  });
}

function isIssuer({ isCa, pathLen, subject, issuer, nameConstraints }: Certificate, domain: string): boolean {
  const names = subject.commonName === `${domain} issuer` && issuer.commonName === domain;
  return isCa && pathLen === 0 && names && nameConstraints !== null;
}

function isHandover({ isCa, pathLen, subject, issuer, sans }: Certificate, domain: string): boolean {
  const names = subject.commonName === domain && issuer.commonName === domain;
  return isCa && pathLen === 1 && names && sans.uri[0]?.startsWith(`chancery://${domain}/root/`) === true;
}

/** Signs what the keys at hand can sign. Throws `key.missing` where one item finds no key, and what {@link certificatesOf} throws. */
export async function answerRequest(
  request: SigningRequest,
  signers: readonly Signer[],
): Promise<SigningAnswer> {
  certificatesOf(request);
  const items: SigningAnswer['items'] = [];
  for (const { root, tbs } of request.items) {
    const signer = signers.find(({ publicKey }) => rootIdOf(publicKey, sodiumSuite.sha256) === root);
    if (signer === undefined)
      throw new ChanceryError('key.missing', `the key of root ${root} is needed as well; give it with --key`);
    const signature = await signer.sign(fromString(tbs, 'base64url'));
    items.push({ root, tbs, signature: toString(signature, 'base64url') });
  }
  return { chancery: 'signatures', v: 1, domain: request.domain, items };
}

/** The certificates that were signed; each is still to be verified. Throws `certificate.*`. */
export function signedCertificates(answer: SigningAnswer): readonly Certificate[] {
  return answer.items.map(({ tbs, signature }) => assembled(tbs, fromString(signature, 'base64url')));
}

function assembled(tbs: string, signature: Uint8Array): Certificate {
  return valueOf(parseCertificate(assembleCertificate(fromString(tbs, 'base64url'), signature)));
}

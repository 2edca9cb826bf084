/** A sound chain as drafts, so that a test can spoil one thing in it before it is signed. */
import { encodeName, parseCertificate, type Certificate } from '../../protocol/certificate/certificate.ts';
import {
  alternativeNamesExtension,
  authorityExtension,
  authorityKeyIdExtension,
  detailsExtension,
  keyUsageExtension,
  nameConstraintsExtension,
  subjectKeyIdExtension,
} from '../../protocol/certificate/extensions.ts';
import { rootIdOf } from '../../protocol/certificate/index.ts';
import { keyIdOf } from '../../protocol/certificate/key.ts';
import { verifyPath, type VerifiedPath } from '../../protocol/certificate/path.ts';
import { signCertificate } from '../../protocol/certificate/sign.ts';
import { nobleSuite } from '../../protocol/crypto/index.ts';
import type { Result } from '../../protocol/errors/index.ts';
import { makeKey, makeSerial, type Key } from './organisation.ts';

export const AT = 1_800_000_000;
export const DOMAIN = 'acme.test';
export const DAY = 86_400;

type ExtensionName =
  | 'authority'
  | 'usage'
  | 'constraints'
  | 'names'
  | 'details'
  | 'subjectKeyId'
  | 'authorityKeyId'
  | 'extra'
  | 'again';

/** One certificate of a chain that is being made: whatever is changed before it is signed ends up in it. */
interface Draft {
  key: Key;
  serial: Uint8Array;
  subject: string;
  issuer: string;
  notBefore: number;
  notAfter: number;
  extensions: Partial<Record<ExtensionName, Uint8Array>>;
  signer: Key;
}

export interface Drafts {
  leaf: Draft;
  issuer: Draft;
  root: Draft;
}

const { sha256 } = nobleSuite;

export const KEYS: Record<keyof Drafts | 'stranger', Key> = {
  leaf: makeKey('spoiled leaf'),
  issuer: makeKey('spoiled issuer'),
  root: makeKey('spoiled root'),
  stranger: makeKey('spoiled stranger'),
};

function draft(name: keyof Drafts, signer: keyof Drafts, days: number): Draft {
  const key = KEYS[name];
  return {
    key,
    serial: makeSerial(`spoiled ${name}`),
    subject: '',
    issuer: '',
    notBefore: AT - days * DAY,
    notAfter: AT + days * DAY,
    extensions: {
      subjectKeyId: subjectKeyIdExtension(keyIdOf(key.publicKey, sha256)),
      authorityKeyId: authorityKeyIdExtension(keyIdOf(KEYS[signer].publicKey, sha256)),
    },
    signer: KEYS[signer],
  };
}

/** A sound chain for a device of alice, before it is signed. */
function sound(): Drafts {
  const leaf = draft('leaf', 'issuer', 7);
  const issuer = draft('issuer', 'root', 45);
  const root = draft('root', 'root', 365);
  const issuerName = `${DOMAIN} issuer`;
  Object.assign(leaf, { subject: 'phone', issuer: issuerName });
  Object.assign(issuer, { subject: issuerName, issuer: DOMAIN });
  Object.assign(root, { subject: DOMAIN, issuer: DOMAIN });
  const usage = keyUsageExtension(['keyCertSign', 'cRLSign']);
  Object.assign(root.extensions, { authority: authorityExtension(1), usage });
  const constraints = nameConstraintsExtension({ dns: [DOMAIN], email: [DOMAIN], uri: [DOMAIN] });
  Object.assign(issuer.extensions, { authority: authorityExtension(0), usage, constraints });
  Object.assign(leaf.extensions, {
    usage: keyUsageExtension(['digitalSignature']),
    names: deviceNames(),
    details: detailsExtension({ name: 'Alice', roles: ['member'] }),
  });
  return { leaf, issuer, root };
}

/** The names of alice’s device. */
export function deviceNames(address = `alice@${DOMAIN}`, host = DOMAIN): Uint8Array {
  return alternativeNamesExtension({ email: [address], uri: [`chancery://${host}/device/alice/phone`] });
}

export function uriNames(path: string): Uint8Array {
  return alternativeNamesExtension({ uri: [`chancery://${DOMAIN}/${path}`] });
}

/** The DER of leaf, issuer and root. */
export async function makeChain(spoil: (drafts: Drafts) => void = () => undefined): Promise<Uint8Array[]> {
  const drafts = sound();
  spoil(drafts);
  return Promise.all(
    [drafts.leaf, drafts.issuer, drafts.root].map(({ key, subject, issuer, extensions, signer, ...rest }) =>
      signCertificate(
        {
          ...rest,
          publicKey: key.publicKey,
          subject: encodeName(subject),
          issuer: encodeName(issuer),
          // of two that spoil, one may have taken away what the other copies
          extensions: Object.values<Uint8Array | undefined>(extensions).filter((one) => one !== undefined),
        },
        signer.signer,
      ),
    ),
  );
}

/** Parses and verifies as whoever receives a chain does. */
export function verifyDer(chain: readonly Uint8Array[], at: number = AT): Result<VerifiedPath> {
  const certificates: Certificate[] = [];
  for (const der of chain) {
    const parsed = parseCertificate(der);
    if (!parsed.ok) return parsed;
    certificates.push(parsed.value);
  }
  const rootId = rootIdOf(KEYS.root.publicKey, sha256);
  return verifyPath({ chain: certificates, rootId, domain: DOMAIN, at, suite: nobleSuite });
}

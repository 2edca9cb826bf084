/** Organisations, devices and nodes for tests, with the certificates a real one would have and keys that never change. */
import {
  issueDevice,
  issueIssuer,
  issueNode,
  issueRoot,
  issueStatementSigner,
  parseCertificate,
  peerIdOf,
  rootIdOf,
  type Certificate,
} from '../../protocol/certificate/index.ts';
import { nobleSigner, nobleSuite, type Signer } from '../../protocol/crypto/index.ts';
import { parseAddress } from '../../protocol/names/index.ts';

const DAY = 86_400;

/** A certificate and the key it is for. */
export interface Holder {
  readonly certificate: Certificate;
  readonly signer: Signer;
  readonly seed: Uint8Array;
}

export interface TestOrganisation {
  readonly domain: string;
  /** Seconds: the time at which the certificates are in the midst of their validity. */
  readonly at: number;
  readonly rootId: string;
  readonly root: Holder;
  readonly issuer: Holder;
  readonly statement: Holder;
}

export interface Key {
  readonly publicKey: Uint8Array;
  readonly signer: Signer;
  readonly seed: Uint8Array;
}

/** The key that belongs to a name, the same on every run. */
export function makeKey(name: string): Key {
  const seed = nobleSuite.sha256(new TextEncoder().encode(`test key ${name}`));
  const signer = nobleSigner(seed);
  return { publicKey: signer.publicKey, signer, seed };
}

/** A serial that belongs to a name. */
export function makeSerial(name: string): Uint8Array {
  return nobleSuite.sha256(new TextEncoder().encode(`test serial ${name}`)).slice(0, 16);
}

function parsed(der: Uint8Array): Certificate {
  const result = parseCertificate(der);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

/** An organisation whose certificates are valid at `at` (seconds since 1970); `keys` tells two of one domain apart. */
export async function makeOrganisation(
  domain: string,
  { at, keys = '' }: { at: number; keys?: string },
): Promise<TestOrganisation> {
  const [rootKey, issuerKey, statementKey] = ['root', 'issuer', 'statement'].map((name) =>
    makeKey(`${name} of ${domain}${keys}`),
  ) as [Key, Key, Key];
  const root = parsed(
    await issueRoot({
      publicKey: rootKey.publicKey,
      domain,
      serial: makeSerial(`root of ${domain}`),
      notBefore: at - 365 * DAY,
      notAfter: at + 365 * DAY,
      signer: rootKey.signer,
    }),
  );
  const issuer = parsed(
    await issueIssuer({
      publicKey: issuerKey.publicKey,
      domain,
      serial: makeSerial(`issuer of ${domain}`),
      notBefore: at - 45 * DAY,
      notAfter: at + 45 * DAY,
      issuer: root,
      signer: rootKey.signer,
    }),
  );
  const statement = parsed(
    await issueStatementSigner({
      publicKey: statementKey.publicKey,
      domain,
      serial: makeSerial(`statement of ${domain}`),
      notBefore: at - 45 * DAY,
      notAfter: at + 45 * DAY,
      issuer,
      signer: issuerKey.signer,
    }),
  );
  return {
    domain,
    at,
    rootId: rootIdOf(rootKey.publicKey, nobleSuite.sha256),
    root: holder(root, rootKey),
    issuer: holder(issuer, issuerKey),
    statement: holder(statement, statementKey),
  };
}

export interface TestDevice extends Holder {
  /** Leaf, issuer, root. */
  readonly chain: readonly Certificate[];
}

/** A device of the member with this address, such as `alice@acme.test`; `device` tells several of hers apart. */
export async function makeDevice(
  org: TestOrganisation,
  address: string,
  options: { device?: string; name?: string; roles?: readonly string[] } = {},
): Promise<TestDevice> {
  const { device = 'first', name = address, roles = ['member'] } = options;
  const key = makeKey(`${device} device of ${address}`);
  const canonical = parseAddress(address);
  if (!canonical.ok) throw new Error(canonical.refusal.message);
  const certificate = parsed(
    await issueDevice({
      publicKey: key.publicKey,
      address: canonical.value,
      deviceId: peerIdOf(key.publicKey),
      name,
      roles,
      serial: makeSerial(`${device} device of ${address}`),
      notBefore: org.at - 7 * DAY,
      notAfter: org.at + 7 * DAY,
      issuer: org.issuer.certificate,
      signer: org.issuer.signer,
    }),
  );
  return { ...holder(certificate, key), chain: chainOf(org, certificate) };
}

export interface TestNode extends TestDevice {
  readonly peerId: string;
}

/** A node of the organisation; `node` tells several apart. Its peer id is the one of its key. */
export async function makeNode(
  org: TestOrganisation,
  options: { node?: string; roles?: readonly ('gateway' | 'archive')[] } = {},
): Promise<TestNode> {
  const { node = 'first', roles = ['gateway', 'archive'] } = options;
  const key = makeKey(`${node} node of ${org.domain}`);
  const peerId = peerIdOf(key.publicKey);
  const certificate = parsed(
    await issueNode({
      publicKey: key.publicKey,
      domain: org.domain,
      peerId,
      roles,
      serial: makeSerial(`${node} node of ${org.domain}`),
      notBefore: org.at - 30 * DAY,
      notAfter: org.at + 30 * DAY,
      issuer: org.issuer.certificate,
      signer: org.issuer.signer,
    }),
  );
  return { ...holder(certificate, key), chain: chainOf(org, certificate), peerId };
}

/** Leaf, issuer and root of the organisation. */
export function chainOf(org: TestOrganisation, leaf: Certificate): readonly Certificate[] {
  return [leaf, org.issuer.certificate, org.root.certificate];
}

function holder(certificate: Certificate, { signer, seed }: Key): Holder {
  return { certificate, signer, seed };
}

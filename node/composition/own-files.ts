/**
 * Whether the key and the certificates in this home's files belong together. A bit of them that flipped would else be
 * found by everybody this node shows itself to, and by nobody here. Time is left out: what has expired is renewed.
 */
import { equals } from 'uint8arrays/equals';
import {
  parseCertificate,
  peerIdOf,
  rootIdOf,
  verifyPath,
  type Certificate,
} from '../../protocol/certificate/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import { ChanceryError, type Refusal, type Result } from '../../protocol/errors/index.ts';
import type { Authorities } from '../ledger/index.ts';
import { platform } from './platform.ts';
import type { NodeSettings } from './settings.ts';

const NODE = 'certificates/node.pem';
const BUNDLE = 'gateway.bundle';

/** For the node that keeps the archive. Throws `certificate.*` and `identity.key-mismatch`, and what the key store throws. */
export async function assertOwnFiles(
  { domain, keys, certificates, gatewayBundle }: NodeSettings,
  authorities: Authorities,
): Promise<void> {
  const known = authorities.current();
  const { issuer, root } = known ?? certificates;
  // what the log has of our standing is believed from then on
  if (known === undefined)
    assertChain('certificates/statement.pem', [certificates.statement, issuer, root], domain);
  const { publicKey } = await keys.signer('node');
  const leaf = parsed(NODE, certificates.node);
  assertKey(NODE, leaf, publicKey);
  assertPrimary(
    gatewayBundle !== null && certificates.statement.length === 0,
    authorities,
    peerIdOf(publicKey),
  );
  const by = [issuer, ...(known?.former ?? [])].find((der) => isOf(leaf, parsed('issuer', der)));
  // one whose issuer is long gone is renewed right after the start
  if (by !== undefined) assertChain(NODE, [certificates.node, by, root], domain);
}

/** For a gateway, by the bundle that its archive node gave it: leaf, issuer, root. Throws like {@link assertOwnFiles}. */
export async function assertOwnBundle(
  bundle: Uint8Array,
  { domain, keys }: Pick<NodeSettings, 'domain' | 'keys'>,
): Promise<readonly [Certificate, Certificate, Certificate]> {
  const decoded = decodeBundle(bundle);
  if (!decoded.ok) throw unusable(BUNDLE, decoded.refusal);
  const { publicKey } = await keys.signer('node');
  const certificates = assertChain(BUNDLE, decoded.value.chain, domain);
  assertKey(BUNDLE, certificates[0], publicKey);
  return certificates;
}

/** A replica whose note of whom it follows is gone must not think that it leads: there would be two logs. */
function assertPrimary(isReplica: boolean, authorities: Authorities, own: string): void {
  const primary = authorities.epoch()?.primary;
  if (primary === undefined ? !isReplica : primary === own) return;
  const leader = primary ?? 'another node';
  throw new ChanceryError(
    'config.invalid',
    `${leader} is the primary of this archive, and archive.primary.json, which says where it is, is missing; restore it from your copy, or remove this node and invite it anew`,
  );
}

function isOf({ aki }: Certificate, { ski }: Certificate): boolean {
  return aki !== null && ski !== null && equals(aki, ski);
}

function assertKey(file: string, leaf: Certificate, publicKey: Uint8Array): void {
  if (equals(leaf.publicKey, publicKey)) return;
  const message = `keys/node.key is not the key of the certificate in ${file}; restore both from the same copy`;
  throw new ChanceryError('identity.key-mismatch', message, { facts: { file } });
}

function assertChain(
  file: string,
  chain: readonly Uint8Array[],
  domain: string,
): readonly [Certificate, Certificate, Certificate] {
  const { suite } = platform;
  const certificates = chain.map((der) => parsed(file, der));
  const [leaf, issuer, root] = certificates;
  const rootId = root === undefined ? '' : rootIdOf(root.publicKey, suite.sha256);
  const at = Math.max(...certificates.map(({ notBefore }) => notBefore));
  const verified = verifyPath({ chain: certificates, rootId, domain, at, suite });
  if (!verified.ok) throw unusable(file, verified.refusal);
  if (leaf === undefined || issuer === undefined || root === undefined)
    throw new ChanceryError('internal', 'a path was verified that is none');
  return [leaf, issuer, root];
}

function parsed(file: string, der: Uint8Array): Certificate {
  const certificate: Result<Certificate> = parseCertificate(der);
  if (!certificate.ok) throw unusable(file, certificate.refusal);
  return certificate.value;
}

function unusable(file: string, { code, message }: Refusal): ChanceryError {
  return new ChanceryError(code, `${file} is not as it was issued: ${message}; restore it from your copy`, {
    facts: { file },
  });
}

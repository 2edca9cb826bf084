/**
 * A new organisation: its keys and the certificates over them. Pure but for the randomness handed in; writing them
 * to files, with the right permissions, is the caller's.
 */
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import {
  issueIssuer,
  issueNode,
  issueRoot,
  issueStatementSigner,
  parseCertificate,
  rootIdOf,
} from '../../protocol/certificate/index.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { formatRecord, recordName } from '../../protocol/identity/index.ts';
import { sodiumSigner, sodiumSuite } from '../crypto/index.ts';
import { BACKDATE, LIFE } from '../signing/index.ts';

type Name = 'root' | 'issuer' | 'statement' | 'node';

export interface NewOrganisation {
  /** 32-byte Ed25519 seeds, and the archive's own key. */
  readonly seeds: Readonly<Record<Name | 'archive', Uint8Array>>;
  /** DER. */
  readonly certificates: Readonly<Record<Name, Uint8Array>>;
  readonly rootId: string;
  readonly peerId: string;
  /** The TXT record to publish: its name and its text. */
  readonly record: { readonly name: string; readonly text: string };
}

/** @param domain canonical @param now milliseconds since 1970 */
export async function createOrganisation(
  domain: string,
  roles: readonly ('gateway' | 'archive')[],
  now: number,
  randomBytes: (length: number) => Uint8Array,
): Promise<NewOrganisation> {
  const seed = (): Uint8Array => randomBytes(32);
  const seeds = { root: seed(), issuer: seed(), statement: seed(), node: seed(), archive: seed() };
  const begin = Math.floor(now / 1000) - BACKDATE;
  const window = (name: Name): { serial: Uint8Array; notBefore: number; notAfter: number } => ({
    serial: randomBytes(16),
    notBefore: begin,
    notAfter: begin + LIFE[name],
  });
  const [rootSigner, issuerSigner] = [sodiumSigner(seeds.root), sodiumSigner(seeds.issuer)];
  const root = await issueRoot({
    publicKey: rootSigner.publicKey,
    domain,
    ...window('root'),
    signer: rootSigner,
  });
  const rootCertificate = valueOf(parseCertificate(root));
  const issuer = await issueIssuer({
    publicKey: issuerSigner.publicKey,
    domain,
    ...window('issuer'),
    issuer: rootCertificate,
    signer: rootSigner,
  });
  const under = { issuer: valueOf(parseCertificate(issuer)), signer: issuerSigner, domain };
  const statement = await issueStatementSigner({
    publicKey: sodiumSigner(seeds.statement).publicKey,
    ...window('statement'),
    ...under,
  });
  const peerId = await peerIdOf(seeds.node);
  const node = await issueNode({
    publicKey: sodiumSigner(seeds.node).publicKey,
    peerId,
    roles,
    ...window('node'),
    ...under,
  });
  const rootId = rootIdOf(rootSigner.publicKey, sodiumSuite.sha256);
  return {
    seeds,
    certificates: { root, issuer, statement, node },
    rootId,
    peerId,
    record: { name: recordName(domain), text: formatRecord({ id: rootId, sequence: 1, state: 'current' }) },
  };
}

/** The libp2p peer id of a node's or device's Ed25519 seed. */
export async function peerIdOf(seed: Uint8Array): Promise<string> {
  return peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString();
}

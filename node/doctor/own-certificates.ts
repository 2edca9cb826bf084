/** The certificates of a home: a gateway's come in the bundle that its archive node keeps fresh, others lie in files. */
import { parseCertificate, type Certificate } from '../../protocol/certificate/index.ts';
import { ChanceryError, valueOf } from '../../protocol/errors/index.ts';
import { decodeBundle } from '../../protocol/identity/index.ts';
import { readCertificateFile, readPrivateFile, type HomeLayout, type KeyName } from '../home/index.ts';

export type OwnCertificates = Readonly<Record<KeyName, Certificate>>;

/** Throws `certificate.malformed` and the like, naming the file. */
export async function readOwnCertificates(home: HomeLayout): Promise<OwnCertificates> {
  const kept = await readPrivateFile(home.gatewayBundle);
  if (kept !== undefined) return fromBundle(kept, home.gatewayBundle);
  const read = async (name: KeyName): Promise<Certificate> =>
    valueOf(parseCertificate(await readCertificateFile(home.certificates[name])));
  const [root, issuer, statement, node] = await Promise.all([
    read('root'),
    read('issuer'),
    read('statement'),
    read('node'),
  ]);
  return { root, issuer, statement, node };
}

function fromBundle(encoded: Uint8Array, file: string): OwnCertificates {
  const { chain, statement } = valueOf(decodeBundle(encoded));
  const [node, issuer, root] = chain;
  if (!node || !issuer || !root || !statement) {
    throw new ChanceryError(
      'certificate.broken-chain',
      `${file} lacks a certificate; join the organisation anew`,
    );
  }
  const parse = (der: Uint8Array): Certificate => valueOf(parseCertificate(der));
  return { root: parse(root), issuer: parse(issuer), statement: parse(statement), node: parse(node) };
}

/** Certificates in files: PEM, as every other tool reads them. They are public, their folder is not. */
import { readFile, rename, rm } from 'node:fs/promises';
import { decodePem, encodePem } from '../../protocol/certificate/index.ts';
import { ChanceryError } from '../../protocol/errors/index.ts';
import { createPrivateFile, hasCode } from './private-file.ts';

const LABEL = 'CERTIFICATE';

/** Stores a certificate (DER). Throws `home.exists` if the file is there already. */
export async function writeCertificateFile(file: string, der: Uint8Array): Promise<void> {
  await createPrivateFile(file, encodePem(LABEL, der));
}

/** Puts another certificate in its place, in one step. */
export async function replaceCertificateFile(file: string, der: Uint8Array): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true }); // left behind by a crash
  await createPrivateFile(draft, encodePem(LABEL, der));
  await rename(draft, file);
}

/** The certificate (DER), not yet parsed. Throws `certificate.malformed` where there is none or it is no PEM. */
export async function readCertificateFile(file: string): Promise<Uint8Array> {
  const text = await readFile(file, 'latin1').catch((cause: unknown) => {
    if (!hasCode(cause, 'ENOENT')) throw cause;
    throw malformed(`there is no certificate at ${file}; restore it from your copy`, file);
  });
  const der = decodePem(LABEL, text);
  if (der.ok) return der.value;
  throw malformed(`${file} is not a certificate in PEM; restore it from your copy`, file);
}

function malformed(message: string, file: string): ChanceryError {
  return new ChanceryError('certificate.malformed', message, { facts: { file } });
}

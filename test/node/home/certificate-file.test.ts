import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { readCertificateFile, writeCertificateFile } from '../../../node/home/index.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

describe('a certificate file', () => {
  it('comes back as the bytes it was written from', async (t) => {
    const { certificates } = await temporaryHome(t);
    const der = new Uint8Array(100).map((_, at) => at);
    await writeCertificateFile(certificates.root, der);
    assert.deepEqual(await readCertificateFile(certificates.root), der);
  });

  it('says which file is missing or is no certificate', async (t) => {
    const { certificates } = await temporaryHome(t);
    await writeFile(certificates.node, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    for (const file of [certificates.root, certificates.node]) {
      await assert.rejects(readCertificateFile(file), {
        code: 'certificate.malformed',
        message: new RegExp(file),
      });
    }
  });
});

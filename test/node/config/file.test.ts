import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { configJsonSchema, readConfig, writeConfig } from '../../../node/config/index.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const INITIAL = {
  domain: 'acme.test',
  roles: ['gateway' as const, 'archive' as const],
  keysProtected: false,
  listen: ['/ip4/0.0.0.0/tcp/4710'],
  announce: [],
  archiveNode: null,
  dnsServers: [],
  anchors: [],
};

describe('the configuration file', () => {
  it('comes back as it was written, with its schema beside it, and is not overwritten', async (t) => {
    const home = await temporaryHome(t);
    await writeConfig(home, INITIAL);
    assert.equal((await readConfig(home.config, {})).domain, 'acme.test');
    assert.equal(await readFile(home.configSchema, 'utf8'), configJsonSchema());
    await assert.rejects(writeConfig(home, INITIAL), { code: 'home.exists' });
  });

  it('says what to run when it is missing', async (t) => {
    const { config } = await temporaryHome(t);
    await assert.rejects(readConfig(config, {}), { code: 'config.missing', message: /chancery init/ });
  });

  it('has a JSON Schema in the repository that is current', () => {
    const committed = readFileSync(
      new URL('../../../node/config/chancery.schema.json', import.meta.url),
      'utf8',
    );
    assert.equal(committed, configJsonSchema(), 'run node scripts/write-config-schema.ts');
  });
});

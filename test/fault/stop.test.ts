/** How a node ends and begins: stopped under load, started twice, started after kill -9, and with a home it must not trust. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Federation, type OrganisationProcess } from '../../scripts/processes/index.ts';
import { assertNothingLost } from '../support/archived.ts';
import { startTalk } from '../support/talk.ts';

/** Acknowledged messages between two stops, and how many more are written meanwhile. */
const PROGRESS = 200;
const AHEAD = 300;

/** Starts a node that must refuse to; returns the one line that it says. */
async function refusedStart(organisation: OrganisationProcess): Promise<string> {
  const { code, stdout, stderr } = await organisation.run(['start']);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^chancery: [^\n]+\n$/);
  return stderr;
}

describe('a node that is stopped', () => {
  it('ends in order under load, and goes on where it was', async (t) => {
    const talk = await startTalk(t, { inFlight: 32, ahead: AHEAD });
    for (const organisation of talk.organisations) {
      await talk.load.moreAcknowledged(PROGRESS);
      assert.equal(await organisation.stop(), 0);
      const { home } = organisation;
      assert.ok(!existsSync(home.adminSocket) && !existsSync(home.lockSocket), 'it leaves no socket behind');
      await organisation.start();
    }
    await talk.load.moreAcknowledged(PROGRESS);
    await assertNothingLost(talk);
    t.diagnostic(`${talk.load.written.length} messages`);
  });
});

describe('a node that is started', () => {
  let folder: string;
  let federation: Federation;
  let acme: OrganisationProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-stop-'));
    federation = await Federation.start(folder, ['acme.test']);
    acme = federation.organisations[0]!;
  });

  after(async () => {
    await federation[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused while another one runs, and is not hindered by what a killed one left', async () => {
    const { home } = acme;
    for (const attempt of ['first', 'second']) {
      const said = await refusedStart(acme);
      assert.ok(said.includes(`process ${acme.pid}`) && said.endsWith('[node.running]\n'), said);
      await acme.call('status', {});
      assert.equal(await acme.kill(), null, `the ${attempt} one had to be killed`);
      assert.ok(
        existsSync(home.adminSocket) && existsSync(home.lockSocket),
        'a killed node cleans nothing up',
      );
      await acme.start();
    }
  });

  it('is refused with keys or a home that others can read, and says what mends it', async () => {
    await acme.stop();
    const { directory, keys } = acme.home;
    for (const [path, wide, mend] of [
      [keys.node, 0o640, 'chmod 600'],
      [keys.issuer, 0o604, 'chmod 600'],
      [keys.statement, 0o644, 'chmod 600'],
      [directory, 0o755, 'chmod 700'],
    ] as const) {
      await chmod(path, wide);
      const said = await refusedStart(acme);
      assert.ok(said.includes(`${mend} ${path}`) && said.endsWith('[key.permissions]\n'), said);
      await chmod(path, mend === 'chmod 600' ? 0o600 : 0o700);
    }
    await acme.start();
  });

  it('is refused with a damaged configuration, at the line and column of the damage', async () => {
    await acme.stop();
    const file = acme.home.config;
    const good = await readFile(file, 'utf8');
    const last = good.split('\n').length;
    for (const [damage, column] of [
      ['limits: {messageBytes: much}\n', 10],
      ['nonsense: 1\n', 1],
      ['"half a quote\n', 1],
    ] as const) {
      await appendFile(file, damage);
      const said = await refusedStart(acme);
      assert.match(said, new RegExp(`${file}:(${last}|${last + 1}):\\d+ .*\\[config\\.invalid\\]\\n$`));
      if (!damage.startsWith('"')) assert.ok(said.includes(`${file}:${last}:${column} `), said);
      await writeFile(file, good);
    }
    await acme.start();
  });
});

/** An administrator edits the archive with the database's own tools; both organisations notice, and say what. */
import type { Sealer } from '../../../node/archive/index.ts';
import { openSealing } from '../../../node/sealing/index.ts';
import { fileKeyStore, findPassphrase } from '../../../node/keys/index.ts';
import type { OperationOutput } from '../../../node/operations/index.ts';
import { entriesOf } from '../archive-pages.ts';
import type { Chapter } from '../chapter.ts';
import { expect, until } from '../narrator.ts';
import { AFTER_THE_EDIT, GROUP, TALK } from '../sample-conversation.ts';
import type { Stage } from '../stage.ts';
import { changeByte, keepCopy, rewriteHistory } from '../tampering.ts';

export const tampering: Chapter = {
  title: 'An administrator edits the archive',
  about:
    'The administrator of acme.test has the disk, the keys, and the tools of the database. First one byte is changed; then an entry is replaced, and the whole tree made anew to go with it.',
  async play(stage) {
    const { narrator } = stage;
    const acme = stage.organisation('acme.test');
    const { archive } = acme.home;
    await stage.closeChats();
    const target = await narrator.step(
      'the message to be made away with is found, and the partner has cosigned it',
      () => cosignedMessage(stage),
      ({ sequence }) =>
        `the message to be made away with is entry ${sequence}; partner.test has cosigned a log with it`,
    );
    await acme.stop();
    const putBack = await keepCopy(archive);
    await narrator.step(
      'one byte is changed: acme.test names the entry, and appends nothing more',
      async () => {
        await changeByte(archive, target.sequence);
        await acme.start();
        narrator.command('acme.test', 'chancery archive verify');
        const { code, stdout, stderr } = await acme.run(['archive', 'verify']);
        narrator.output(stdout + stderr);
        const named = new RegExp(`^\\s*${target.sequence}\\b`, 'm').test(stdout);
        expect(code === 1 && named, 'the entry was not named');
        await stage.showOperator('acme.test', ['status']);
        expect(await hasAlarm(stage, 'acme.test', 'archive.damaged'), 'there is no alarm');
        await acme.stop();
      },
      () => `one byte is changed: acme.test names entry ${target.sequence}, and appends nothing more`,
    );
    await putBack();
    const putBackAgain = await keepCopy(archive);
    await narrator.step(
      'an entry is replaced and the tree made anew: acme.test refuses to go on, since partner.test cosigned another log',
      async (signal) => {
        await rewriteHistory(archive, target.sequence, await sealerOf(stage));
        await acme.start();
        await until(signal, () => hasAlarm(stage, 'acme.test', 'archive.forked'));
        await stage.showOperator('acme.test', ['status']);
        await tryToSend(stage);
      },
    );
    await narrator.step(
      'partner.test has both checkpoints, signed by acme.test, as evidence for anybody',
      async (signal) => {
        await until(signal, () => hasAlarm(stage, 'partner.test', 'checkpoint.unproven'));
        await stage.showOperator('partner.test', ['archive', 'evidence']);
      },
    );
    await narrator.step(
      'the archive is put back, and what was signed of the other one is disowned',
      async () => {
        await acme.stop();
        await putBackAgain();
        await acme.start();
        const reason = 'edited by an administrator, put back from a copy';
        await stage.showOperator('acme.test', ['archive', 'disown', '--reason', reason]);
        await acme.stop();
        await acme.start();
        expect(!(await hasAlarm(stage, 'acme.test', 'archive.forked')), 'the archive is still stopped');
      },
    );
    await narrator.step('what Alice’s device kept goes out', async (signal) => {
      await stage.showMember('alice', ['history', GROUP, '--limit', '2']);
      await until(signal, async () =>
        (await entriesOf(stage, 'partner.test')).some(({ message }) => message?.text === AFTER_THE_EDIT),
      );
    });
  },
};

/** The first thing that was said, once the partner has cosigned a checkpoint that covers it. */
async function cosignedMessage(stage: Stage): Promise<{ sequence: number }> {
  const entries = await entriesOf(stage, 'acme.test');
  const said = entries.find(({ message }) => message?.text === TALK[0]?.text);
  expect(said !== undefined, 'what was said first is not in the archive');
  await until(AbortSignal.timeout(30_000), async () => {
    const { size, cosignatures } = await stage.organisation('acme.test').call('archive.checkpoint', {});
    return size > said.sequence && cosignatures.length > 0;
  });
  return said;
}

/** Nothing is acknowledged: the message stays on the device. */
async function tryToSend(stage: Stage): Promise<void> {
  const device = await stage.device('alice');
  stage.narrator.command('alice', `chancery-chat send "${GROUP}" "${AFTER_THE_EDIT}"`);
  const { code, stdout, stderr } = await device.run(['send', GROUP, AFTER_THE_EDIT]);
  stage.narrator.output(stdout + stderr);
  expect(code !== 0 && stderr.includes('it was forked'), 'the message was taken by a log that was forked');
}

async function hasAlarm(stage: Stage, domain: string, code: string): Promise<boolean> {
  const status: OperationOutput<'status'> = await stage.organisation(domain).call('status', {});
  return status.alarms.some((alarm) => alarm.code === code);
}

/** The administrator has the keys as well. */
async function sealerOf(stage: Stage): Promise<Sealer> {
  const { keysDirectory } = stage.organisation('acme.test').home;
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const keys = fileKeyStore({
    directory: keysDirectory,
    passphrase: findPassphrase({}, null),
    randomBytes: random,
  });
  return (await openSealing(keys, random)).entries;
}

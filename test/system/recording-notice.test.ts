/** Members are told that what they write is recorded, in their language, before they write; that they were is on record. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { openNodeClient } from '../../client/adapters/index.ts';
import { runProgram } from '../../client/chat/program.ts';
import type { Client } from '../../client/index.ts';
import { freePort } from '../../scripts/processes/index.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { joinClient } from '../support/test-client.ts';
import { startDns, startTestNode, type TestDns, type TestNode } from '../support/test-node.ts';

const EN = 'What you write here is recorded.';
const DE = 'Was Sie hier schreiben, wird aufgezeichnet.';

describe('C8: the notice of recording', () => {
  let dns: TestDns;
  let node: TestNode;
  let home: string;
  let other: string;

  before(async () => {
    dns = await startDns('acme.test');
    node = await startTestNode(dns, 'acme.test', {
      listen: [`/ip4/127.0.0.1/tcp/${await freePort()}`],
      notice: {
        required: true,
        texts: new Map([
          ['en', EN],
          ['de', DE],
        ]),
      },
    });
    const alice = await joinClient(node, 'alice@acme.test', 'Alice');
    await node.operations['member.add']({ address: 'bob@acme.test', name: 'Bob', roles: ['member'] });
    await alice.client.close();
    ({ home } = alice);
  });

  after(async () => {
    await node.stop();
    await dns.server.stop();
  });

  async function as<T>(languages: readonly string[], act: (client: Client) => Promise<T>): Promise<T> {
    await using client = await openNodeClient({ home, languages });
    await client.connect();
    return await act(client);
  }

  const acknowledged = (): string[] => {
    const { ledger, log } = node.node.organisation;
    return Array.from({ length: log.size }, (_, at) => log.entry(at)!.kind).flatMap((kind, at) => {
      if (kind !== 'recording-notice') return [];
      const { person, language, text, version } = ledger.record('recording-notice', at)!;
      return [`${person} ${language} ${text ?? 'known'} ${Buffer.from(version).toString('hex').slice(0, 8)}`];
    });
  };
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

  it('is told in the language nearest to those of the device', async () => {
    for (const [languages, text] of [
      [['de-CH-1996', 'en'], DE],
      [['fr', 'de'], DE],
      [['en-US-u-va-posix'], EN],
      [['ja'], EN],
    ] as const)
      assert.equal(await as(languages, (client) => Promise.resolve(client.recordingNotice?.text)), text);
  });

  it('has to be acknowledged on a device before anything is taken from it, whatever the device does', async () => {
    await as(['de'], async (client) => {
      await assert.rejects(client.direct('bob@acme.test'), { code: 'recording.unacknowledged' });
      assert.deepEqual(acknowledged(), []);
      await client.acknowledgeRecording();
      assert.deepEqual(acknowledged(), [`alice@acme.test de ${DE} ${hash(DE)}`]);
      const { sending } = await client.direct('bob@acme.test');
      assert.equal((await sending!.sent).state, 'archived');
    });
    // the same notice in another language is no other notice
    await as(['en'], async (client) => {
      assert.equal(client.recordingNotice?.acknowledged, true);
      const { id } = await client.direct('bob@acme.test');
      assert.equal((await (await client.send(id, 'hello')).sent).state, 'archived');
    });
  });

  it('is refused by the node to a device that does not ask for it', async () => {
    const { home: bobs, client } = await joinClient(node, 'bob@acme.test', 'Bob');
    other = bobs;
    await client.close();
    await using silent = await openNodeClient({ home: other, languages: [] });
    await silent.connect();
    const stalled = Promise.withResolvers<string>();
    silent.onStall(({ code }) => stalled.resolve(code));
    const { size } = node.node.organisation.log;
    await silent.createConversation({ type: 'group', title: 'x', members: ['alice@acme.test'] });
    assert.equal(await stalled.promise, 'recording.unacknowledged');
    assert.equal(silent.queued, 1);
    const kinds = Array.from(
      { length: node.node.organisation.log.size - size },
      (_, at) => node.node.organisation.log.entry(size + at)!.kind,
    );
    assert.ok(!kinds.includes('message'));
  });

  it('is shown by a command, which sends nothing before it is accepted', async () => {
    const run = async (...args: string[]): Promise<FakeTerminal & { code: number }> => {
      const terminal = new FakeTerminal();
      const code = await runProgram(args, {
        terminal,
        env: {},
        version: '1',
        defaultHome: other,
        hostname: 'laptop',
        open: (folder) => openNodeClient({ home: folder, languages: ['de'] }),
        enrol: () => Promise.reject(new Error('not asked for')),
      });
      return Object.assign(terminal, { code });
    };
    const refused = await run('send', 'alice@acme.test', 'hello');
    assert.equal(refused.code, 1);
    assert.ok(refused.err.startsWith(`${DE}\n`), refused.err);
    assert.match(
      refused.err,
      /\nchancery-chat: [^\n]+--accept-recording[^\n]* \[recording\.unacknowledged\]\n$/,
    );
    const accepted = await run('--accept-recording', 'send', 'alice@acme.test', 'hello');
    assert.deepEqual([accepted.code, accepted.err], [0, `${DE}\n`]);
    const again = await run('send', 'alice@acme.test', 'hello again');
    assert.deepEqual([again.code, again.err], [0, '']);
    assert.deepEqual(acknowledged().at(-1), `bob@acme.test de known ${hash(DE)}`);
  });

  it('is to be acknowledged again once it has another text', async () => {
    const next = 'What you write here is recorded and kept for seven years.';
    node = await node.restart({ notice: { required: true, texts: new Map([['en', next]]) } });
    await as(['en'], async (client) => {
      const { text, acknowledged: isAcknowledged } = client.recordingNotice!;
      assert.deepEqual([text, isAcknowledged], [next, false]);
      await assert.rejects(client.direct('carol@acme.test'), { code: 'recording.unacknowledged' });
      await client.acknowledgeRecording();
    });
    assert.equal(acknowledged().at(-1), `alice@acme.test en ${next} ${hash(next)}`);
  });
});

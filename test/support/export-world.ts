/** An organisation with a partner, people who wrote to each other what is hard to write to files, and an officer who exports. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportFolder } from '../../client/adapters/index.ts';
import type { Exported, Wanted } from '../../client/index.ts';
import { monthOf } from '../../protocol/archive/index.ts';
import { joinClient, type TestClient } from './test-client.ts';
import { federate, startDns, startTestNode, type TestDns, type TestNode } from './test-node.ts';
import { until } from './until.ts';

export const GROUNDS = { purpose: 'subpoena of 2 June', case: '2026-17' };

/** A title that would add a header to a mail, a field to a CSV, and an element to a page. */
export const TITLE = 'Launch, "Q3" <b>\r\nBcc: mallory@evil.test';

export const TEXTS = [
  'good morning',
  'From the top\nFrom here on, and\n>From there',
  'über 漢字 🥚 שלום \u202eoverride',
  '<script>alert(1)</script> & "quoted" \'too\' ]]>',
  'a bell \u0007, a return\rand a null \u0000, \ufffe',
  '=1+2,"three"\nfour;\t  ends with space ',
  `one line of ${'very '.repeat(900)}long text`,
  '.\n..\n',
] as const;

/** Files whose names and contents would be markup, a mail, or run, where they were taken for more than bytes. The last comes again. */
export const FILES = [
  {
    name: 'plan “Q3” 漢字.pdf',
    type: 'application/pdf',
    bytes: Buffer.from('%PDF-1.7\r\nFrom here\n\u0000\u0001', 'latin1'),
  },
  {
    name: '"><img src=x onerror=alert(1)>.html',
    type: 'text/html',
    bytes: Buffer.from('<script>alert(2)</script>\n'),
  },
  {
    name: 'forwarded.eml',
    type: 'message/rfc822',
    bytes: Buffer.from('Subject: inner\n\nFrom the inside\n.\n'),
  },
  { name: 'large.bin', type: 'application/octet-stream', bytes: Buffer.alloc(300_001, 'chunks') },
  { name: 'the same again.txt', type: 'text/plain', bytes: Buffer.alloc(300_001, 'chunks') },
] as const;

export interface ExportWorld extends AsyncDisposable {
  readonly dns: TestDns;
  readonly acme: TestNode;
  readonly partner: TestNode;
  readonly alice: TestClient;
  readonly carol: TestClient;
  /** The conversation in which all was said, by its id. */
  readonly conversation: string;
  /** Exports to a new folder, which is removed with the world. */
  readonly export: (wanted?: Omit<Wanted, 'only'>) => Promise<{ folder: string; exported: Exported }>;
  /** A folder that is not there yet, removed with the world. */
  readonly folder: () => string;
}

/** @param closes whether the delivery window of what was said is over, so that the node cannot open it any more */
export async function exportWorld({ closes }: { readonly closes: boolean }): Promise<ExportWorld> {
  const dns = await startDns('acme.test', 'partner.test');
  const acme = await startTestNode(dns, 'acme.test');
  const partner = await startTestNode(dns, 'partner.test');
  await federate(acme, partner);
  const alice = await joinClient(acme, 'alice@acme.test', 'Alice "A" Archer');
  const bob = await joinClient(acme, 'bob@acme.test', 'Bob, the second');
  const dan = await joinClient(partner, 'dan@partner.test', 'Dan Däne');
  const roles: ('member' | 'compliance-officer')[] = ['member', 'compliance-officer'];
  await acme.operations['member.add']({ address: 'carol@acme.test', name: 'Carol', roles });
  const carol = await joinClient(acme, 'carol@acme.test', 'Carol');
  const members = ['bob@acme.test', 'dan@partner.test'];
  const started = await alice.client.createConversation({ type: 'group', title: TITLE, members });
  await started.sent;
  for (const text of TEXTS) await (await alice.client.send(started.id, text)).sent;
  await until('the partner’s reply', async () => {
    if ((await dan.client.conversation(started.id)) === undefined) return false;
    await (
      await dan.client.send(started.id, 'answered from elsewhere')
    ).sent;
    return true;
  });
  const { organisation } = acme.node;
  await until('the reply', async () => {
    const page = await alice.client.history(started.id);
    return JSON.stringify(page).includes('answered from elsewhere');
  });
  await (
    await alice.client.changeMembers(started.id, { title: 'Launch' })
  ).sent;
  await (
    await alice.client.send(started.id, 'the last word')
  ).sent;
  const direct = await alice.client.direct('bob@acme.test');
  await direct.sending?.sent;
  await (
    await alice.client.send(direct.id, 'between us')
  ).sent;
  for (const { name, type, bytes } of FILES) {
    const read = (at: number, length: number): Promise<Uint8Array> =>
      Promise.resolve(new Uint8Array(bytes.subarray(at, at + length)));
    const file = { name, type, size: bytes.length, read };
    await (
      await alice.client.attach(direct.id, file, `with ${name}`)
    ).sent;
  }
  await until('a cosignature', () => organisation.witnessing.cosignatures.byPartner('partner.test'));
  if (closes) {
    await organisation.custody.look();
    await organisation.dataKeys.close(monthOf(Date.now()));
  }
  const above = await mkdtemp(join(tmpdir(), 'chancery-export-'));
  let made = 0;
  const folder = (): string => join(above, String((made += 1)));
  return {
    ...{ dns, acme, partner, alice, carol, conversation: started.id, folder },
    async export(wanted = {}) {
      const to = folder();
      return {
        folder: to,
        exported: await carol.client.exporter.export(wanted, GROUNDS, exportFolder(to)),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const client of [alice, bob, dan, carol]) await client[Symbol.asyncDispose]();
      await acme.stop();
      await partner.stop();
      await dns.server.stop();
      await rm(above, { recursive: true, force: true });
    },
  };
}

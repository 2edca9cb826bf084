/** The two organisations disagree about a price: what was said is held, found, handed on, and checked by the other side. */
import { join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import type { OperationOutput } from '../../../node/operations/index.ts';
import type { Chapter } from '../chapter.ts';
import { expect, until } from '../narrator.ts';
import type { Stage } from '../stage.ts';

const MATTER = 'price of revision B';
const CASE = 'HB-7';
const QUERY = '"61,400" with:partner.test';
const PURPOSE = 'claim of partner.test of 2 June';

const OFFICERS = {
  olive: { address: 'olive@acme.test', name: 'Olive Orton', domain: 'acme.test' },
  oscar: { address: 'oscar@acme.test', name: 'Oscar Otis', domain: 'acme.test' },
  petra: { address: 'petra@partner.test', name: 'Petra Pohl', domain: 'partner.test' },
} as const;

export const dispute: Chapter = {
  title: 'A dispute',
  about:
    'partner.test says that 59,800 was agreed. Compliance officers of acme.test hold what was said, find it, and hand it on with its proofs; partner.test checks that with nothing but the folder.',
  async play(stage) {
    const { narrator } = stage;
    await stage.closeChats();
    await narrator.step('three compliance officers get their devices', async () => {
      for (const who of ['olive', 'oscar', 'petra'] as const) await enrolOfficer(stage, who);
    });
    await narrator.step(
      'Olive signs a legal hold: what was said with partner.test stays, whatever its schedule',
      () =>
        stage.showMember('olive', [
          ...['oversight', 'hold', MATTER, '--organisation', 'partner.test'],
          ...['--reason', PURPOSE],
        ]),
    );
    await narrator.step('partner.test is asked to preserve its side as well, and Petra accepts', (signal) =>
      preserve(stage, signal),
    );
    const found = await narrator.step(
      'a case is opened, and what was said of the price is found; both are on record first',
      () => findInCase(stage),
      (entries) => `a case is opened, and ${entries.length} messages are found; both are on record first`,
    );
    const folder = join(stage.folder, 'handed-on');
    await narrator.step(
      'Olive’s device exports what was tagged: mail, CSV, RSMF, a page to read, and the proofs',
      async () => {
        await stage.operate('acme.test', [
          'case',
          'tag',
          CASE,
          'price',
          ...found.map(String),
          '--by',
          OFFICERS.olive.address,
        ]);
        await stage.showMember('olive', [
          'archive',
          'export',
          folder,
          '--of-case',
          CASE,
          '--purpose',
          PURPOSE,
        ]);
      },
    );
    await narrator.step('partner.test checks it: no node of acme.test is asked, and no network', () =>
      stage.showOperator('partner.test', ['verify', folder]),
    );
    await narrator.step('one byte of the page is changed: the check names the file', () =>
      refuseChanged(stage, folder),
    );
    await narrator.step(
      'the dispute is settled: Olive asks to release the hold, and it takes Oscar too',
      () => release(stage),
    );
    await narrator.step(
      'all of it is in the log of acme.test: who held, looked, exported and released',
      async () => {
        const audit = await stage.showOperator('acme.test', ['audit', '--limit', '12']);
        expect(/export/.test(audit) && /release/.test(audit), 'the audit does not tell of it');
      },
    );
  },
};

async function enrolOfficer(stage: Stage, who: keyof typeof OFFICERS): Promise<void> {
  const { address, name, domain } = OFFICERS[who];
  const roles = ['--role', 'member', '--role', 'compliance-officer'];
  await stage.operate(domain, ['member', 'add', address, '--name', name, ...roles]);
  const { invitation } = (await stage.operate(domain, [
    ...['member', 'invite', address],
  ])) as OperationOutput<'member.invite'>;
  await stage.enrol(who, address, invitation, 'laptop');
}

async function preserve(stage: Stage, signal: AbortSignal): Promise<void> {
  await stage.operate('acme.test', [
    ...['preservation', 'request', 'partner.test', '--matter', MATTER, '--person', 'bob@partner.test'],
    ...['--by', OFFICERS.olive.address, '--reason', PURPOSE],
  ]);
  const partner = stage.organisation('partner.test');
  let id = '';
  await until(signal, async () => {
    const { preservations } = await partner.call('preservation.list', { all: true });
    id = preservations.find(({ matter }) => matter === MATTER)?.id ?? '';
    return id !== '';
  });
  const accept = ['preservation', 'accept', id.slice(0, 12), '--by', OFFICERS.petra.address];
  await stage.showOperator('partner.test', accept);
}

/** The entries that the query finds, by the device of an officer. */
async function findInCase(stage: Stage): Promise<number[]> {
  const by = ['--by', OFFICERS.olive.address];
  await stage.operate('acme.test', ['case', 'open', CASE, '--title', MATTER, ...by]);
  await stage.showOperator('acme.test', ['case', 'search', CASE, QUERY, ...by, '--purpose', PURPOSE]);
  const looking = ['--purpose', PURPOSE, '--case', CASE];
  const shown = await stage.showMember('olive', ['archive', 'find', QUERY, ...looking]);
  const entries = shown
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
    .filter((entry) => Number.isInteger(entry));
  expect(entries.length > 0, 'nothing was found');
  return entries;
}

async function refuseChanged(stage: Stage, folder: string): Promise<void> {
  const page = join(folder, 'transcript.html');
  const before = await readFile(page);
  await writeFile(page, before.toString().replace('61,400', '59,800'));
  const { narrator } = stage;
  narrator.command('partner.test', `chancery verify ${folder}`);
  const { code, stdout, stderr } = await stage.organisation('partner.test').run(['verify', folder]);
  narrator.output(stdout + stderr);
  expect(code === 1 && stdout.includes('transcript.html'), 'the change was not named');
  await writeFile(page, before);
}

async function release(stage: Stage): Promise<void> {
  const asked = await stage.showMember('olive', ['oversight', 'release', MATTER, '--reason', 'settled']);
  const [, request = ''] = /request (\d+)/.exec(asked) ?? [];
  await stage.showRefused('olive', ['oversight', 'approve', request], 'approval.own');
  await stage.showMember('oscar', ['oversight', 'approve', request]);
  const holds = await stage.showMember('oscar', ['oversight', 'holds']);
  expect(holds.trim() === '', 'a hold is still there');
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import type { Dependencies } from '../../../node/cli/dependencies.ts';
import { buildProgram } from '../../../node/cli/program.ts';
import { OVERRIDES } from '../../../node/config/index.ts';
import { OPERATIONS } from '../../../node/operations/contract.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { PARTNER, ROOT_ID } from '../../support/fake-operations.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';

/** Every command that asks the node, with a line of its text, and the operation whose output it gives as JSON. */
const COMMANDS: readonly [args: string[], operation: keyof typeof OPERATIONS, text: RegExp][] = [
  [['status'], 'status', /^log +42 entries, root ab12$/m],
  [
    ['status'],
    'status',
    /^partner\.test +dnssec +waits for theirs +connected +3 +2026-05-04 03:02:01 UTC +node\.unreachable$/m,
  ],
  [['identity', 'show'], 'identity.show', /^DNSSEC chain +\. > test > acme\.test$/m],
  [
    ['identity', 'events'],
    'identity.events',
    /^9 +2026-05-04 03:02:01 UTC +warning +Bob Brown <bob@partner\.test> +dnssec +\S+ \S+ UTC +name Bob is now Bob Brown$/m,
  ],
  [['identity', 'history', 'b.test'], 'identity.history', /^stood +2026-05-04 03:02:01 UTC until now$/m],
  [['identity', 'history', 'b.test'], 'identity.history', /^which holds +2026\S+ .* \. > test$/m],
  [['identity', 'evidence'], 'evidence.list', /^42 .* partner\.test +equivocation +5 and 5$/m],
  [['identity', 'evidence', 'show', '42'], 'evidence.show', /^revoked 8a +- +key-compromise/m],
  [['identity', 'crl'], 'identity.crl', /^-----BEGIN X509 CRL-----$/m],
  [['identity', 'verify', 'b.test'], 'identity.verify', /^domain +b\.test$/m],
  [
    ['member', 'add', 'x@acme.test', '--name', 'X', '--role', 'auditor'],
    'member.add',
    /^x@acme\.test added$/m,
  ],
  [
    ['status'],
    'status',
    /^not recorded +2026-05-04 03:02:01 UTC to .*, 90 s, archive-refused: archive\.full$/m,
  ],
  [
    ['archive', 'absences'],
    'archive.absences',
    /^17 +2026-05-04 03:02:01 UTC +2026\S+ \S+ UTC +90 s +archive-refused: archive\.full +the node was up/m,
  ],
  [
    ['audit', '--by', 'olive@acme.test', '--case', 'Smith v. Acme'],
    'audit',
    /^41 +2026-05-04 03:02:01 UTC +hold +Smith v\. Acme +olive@acme\.test placed a hold for Smith v\. Acme$/m,
  ],
  [['retention', 'show'], 'retention.show', /^trading +role trader +2192 days +3653 days$/m],
  [['retention', 'preview'], 'retention.preview', /^trading +80 +10 +4 +2 +2026-05-04 03:02:01 UTC$/m],
  [
    ['retention', 'report'],
    'retention.report',
    /^42 +2026-05-04 03:02:01 UTC +schedule trading +5 +3 to 9$/m,
  ],
  [
    [
      'hold',
      'place',
      'Smith v. Acme',
      '--person',
      'alice@acme.test',
      '--by',
      'olive@acme.test',
      '--reason',
      'a claim',
    ],
    'hold.place',
    /^hold 41 for Smith v\. Acme is in force$/m,
  ],
  [
    ['hold', 'list'],
    'hold.list',
    /^41 +Smith v\. Acme +in force +person alice@acme\.test; words plover; from 2026/m,
  ],
  [
    [
      ...['preservation', 'request', 'b.test', '--matter', 'Smith v. Acme', '--person', 'bob@b.test'],
      ...['--by', 'olive@acme.test', '--reason', 'claim'],
    ],
    'preservation.request',
    /^request 5f0a31c200000000 is on its way to b\.test/m,
  ],
  [
    ['preservation', 'list'],
    'preservation.list',
    /^5f0a31c200000000 +partner\.test +theirs +requested +Smith v\. Acme +2026-\S+ \S+ UTC +an officer here$/m,
  ],
  [
    ['preservation', 'show', '5f0a31c2'],
    'preservation.show',
    /^44 +2026-\S+ \S+ UTC +requested +petra@partner\.test +partner\.test +a claim was made$/m,
  ],
  [
    ['preservation', 'accept', '5f0a31c2', '--by', 'olive@acme.test'],
    'preservation.accept',
    /^hold 45 for Smith v\. Acme is in force; the partner is told$/m,
  ],
  [
    ['preservation', 'decline', '5f0a31c2', '--by', 'olive@acme.test', '--reason', 'no such case'],
    'preservation.decline',
    /^declined; partner\.test is told$/m,
  ],
  [
    ['preservation', 'withdraw', '5f0a31c2', '--by', 'olive@acme.test', '--reason', 'settled'],
    'preservation.withdraw',
    /^withdrawn; partner\.test is told$/m,
  ],
  [['hold', 'show', 'Smith v. Acme'], 'hold.show', /olive@acme\.test asks to release .* request 42/],
  [
    ['hold', 'release', 'Smith v. Acme', '--by', 'olive@acme.test', '--reason', 'settled'],
    'hold.release',
    /request 42 .* until 2026-05-05 03:02:01 UTC/,
  ],
  [
    ['hold', 'release', 'Smith v. Acme', '--approve', '--by', 'oscar@acme.test'],
    'hold.approve',
    /^1 hold for Smith v\. Acme released; nothing was deleted$/m,
  ],
  [
    ['erasure', 'request', 'alice@acme.test', '--ground', 'GDPR 17(1)(b)', '--by', 'olive@acme.test'],
    'erasure.request',
    /^outcome +3 messages must be kept$/m,
  ],
  [['erasure', 'list'], 'erasure.list', /^43 +alice@acme\.test +deferred until 2026-05-05 03:02:01 UTC/m],
  [['erasure', 'show', '43'], 'erasure.show', /^state +deferred$/m],
  [
    ['case', 'open', '2026-17', '--title', 'Smith v. Acme', '--by', 'olive@acme.test'],
    'case.open',
    /^case 2026-17 is open; olive@acme\.test reviews it$/m,
  ],
  [
    ['case', 'list', '--by', 'olive@acme.test'],
    'case.list',
    /^41 +2026-17 +open +Smith v\. Acme +olive@acme\.test oscar@acme\.test +2 +2026/m,
  ],
  [
    ['case', 'show', '2026-17', '--by', 'olive@acme.test'],
    'case.show',
    /^1 +3 +5 +2026-05-04 03:02:01 UTC +oscar@acme\.test +plover egg$/m,
  ],
  [
    ['case', 'show', '2026-17', '--timeline', '--by', 'olive@acme.test'],
    'case.events',
    /^42 +2026-05-04 03:02:01 UTC +olive@acme\.test +tagged entry 5 /m,
  ],
  [
    ['case', 'show', '2026-17', '--notes', '--by', 'olive@acme.test'],
    'case.events',
    /on entry 5: says the\\nopposite$/m,
  ],
  [
    ['case', 'show', '2026-17', '--messages', '--by', 'olive@acme.test'],
    'case.messages',
    /^5 +privileged +olive@acme\.test +2026/m,
  ],
  [
    ['case', 'show', '2026-17', '--tag', 'privileged', '--by', 'olive@acme.test'],
    'case.messages',
    /^5 \(disposed of\) +privileged /m,
  ],
  [
    ['case', 'search', '2026-17', 'plover', 'egg', '--by', 'olive@acme.test'],
    'case.search',
    /^search 1: 3 messages for plover egg$/m,
  ],
  [
    ['case', 'search', '2026-17', '--run', '1', '--by', 'olive@acme.test'],
    'case.search',
    /^5 +2026-05-04 03:02:01 UTC +out +alice@acme\.test +cc +alice@acme\.test$/m,
  ],
  [
    ['case', 'tag', '2026-17', 'privileged', '5', '6', '--by', 'olive@acme.test'],
    'case.tag',
    /^2 messages tagged privileged in case 2026-17$/m,
  ],
  [
    ['case', 'untag', '2026-17', 'relevant', '5', '--by', 'olive@acme.test'],
    'case.untag',
    /^0 messages tagged relevant in case 2026-17$/m,
  ],
  [
    ['case', 'note', '2026-17', 'see', 'March', '--entry', '5', '--by', 'olive@acme.test'],
    'case.note',
    /^noted; case 2026-17 has 1 note$/m,
  ],
  [
    ['case', 'reviewer', 'add', '2026-17', 'oscar@acme.test', '--by', 'olive@acme.test'],
    'case.add-reviewer',
    /^oscar@acme\.test reviews case 2026-17$/m,
  ],
  [
    ['case', 'reviewer', 'remove', '2026-17', 'oscar@acme.test', '--by', 'olive@acme.test'],
    'case.remove-reviewer',
    /^oscar@acme\.test no longer reviews case 2026-17$/m,
  ],
  [
    ['case', 'close', '2026-17', '--reason', 'settled', '--by', 'olive@acme.test'],
    'case.close',
    /^case 2026-17 is closed$/m,
  ],
  [
    ['case', 'reopen', '2026-17', '--reason', 'appeal', '--by', 'olive@acme.test'],
    'case.reopen',
    /^case 2026-17 is open again$/m,
  ],
  [['member', 'list'], 'member.list', /^alice@acme\.test +Alice +member +active/m],
  [['member', 'show', 'alice@acme.test'], 'member.show', /^0a0b +alice@acme\.test +laptop/m],
  [
    ['member', 'invite', 'alice@acme.test'],
    'member.invite',
    /once, until 2026-05-05 03:02:01 UTC.*\n\n {2}chancery-invitation:abc\n/,
  ],
  [
    ['member', 'remove', 'alice@acme.test', '--reason', 'left'],
    'member.remove',
    /1 device revoked with roster 8/,
  ],
  [
    ['member', 'update', 'alice@acme.test', '--role', 'member', '--hidden'],
    'member.update',
    /alice@acme\.test is Alice, member; 1 device certified anew, 1 certificate ended with roster 8/,
  ],
  [
    ['member', 'suspend', 'alice@acme.test', '--reason', 'under inquiry'],
    'member.suspend',
    /alice@acme\.test suspended with roster 8/,
  ],
  [['member', 'restore', 'alice@acme.test'], 'member.restore', /alice@acme\.test restored with roster 9/],
  [['device', 'list'], 'device.list', /^0a0b/m],
  [['device', 'list', 'alice@acme.test'], 'device.list', /^0a0b/m],
  [['device', 'show', '0a0b'], 'device.show', /disk encryption +on \(attested\)/],
  [['device', 'pending'], 'device.pending', /^ABCD-EFGH-IJKL-MNOP +alice@acme\.test +Alice +phone +2026/m],
  [['device', 'approve', 'abcd'], 'device.approve', /laptop of alice@acme\.test approved, certificate 0a0b/],
  [['device', 'reject', 'abcd', '--reason', 'x'], 'device.reject', /phone of alice@acme\.test rejected/],
  [['device', 'revoke', '0a0b'], 'device.revoke', /laptop of alice@acme\.test revoked with roster 8/],
  [['node', 'invite'], 'node.invite', /chancery init --join chancery-invitation:abc/],
  [['node', 'list'], 'node.list', /^12D3KooWNode +gateway, archive/m],
  [
    ['partner', 'add', 'b.test', '--yes', '--pin', ROOT_ID],
    'partner.add',
    /^b\.test is a partner, at level dnssec/m,
  ],
  [
    ['partner', 'update', 'b.test', '--share-directory', 'names'],
    'partner.update',
    /^b\.test may see of our directory: names$/m,
  ],
  [
    ['partner', 'update', 'b.test', '--retention-floor', '2192'],
    'partner.update',
    /^what is exchanged is kept for at least: 2192 days \(ours: 2192, theirs: 30\)$/m,
  ],
  [['partner', 'list'], 'partner.list', /^partner\.test/m],
  [
    ['partner', 'show', 'partner.test'],
    'partner.show',
    /^last error +no address answers \[node\.unreachable\]$/m,
  ],
  [['partner', 'remove', 'partner.test'], 'partner.remove', /no longer a partner/],
  [
    ['archive', 'list', '--limit', '5'],
    'archive.list',
    /^5 +2026-05-04 03:02:01 UTC +message +alice@acme\.test wrote in cc$/m,
  ],
  [['archive', 'show', '5'], 'archive.show', /^proof +SHA-256 ee$/m],
  [
    ['archive', 'search', 'hello', 'from:alice', '--text'],
    'archive.search',
    /^5 +2026-05-04 03:02:01 UTC +out +alice@acme\.test +cc +hello$/m,
  ],
  [['archive', 'search', 'hello', '--count'], 'archive.search', /^3 messages$/m],
  [['archive', 'show', '5'], 'archive.show', /^signed under +alice@acme\.test, 0a0b$/m],
  [
    ['archive', 'show', '5'],
    'archive.show',
    /^written by +Alice <alice@acme\.test> of acme\.test \(own since 2026/m,
  ],
  [['member', 'show', 'alice@acme.test'], 'member.show', /^last change +by operator$/m],
  [['archive', 'conversations'], 'archive.conversations', /^cc +group +Plans +acme\.test/m],
  [['archive', 'verify'], 'archive.verify', /^faults +none$/m],
  [
    ['archive', 'accesses', '--entry', '5'],
    'archive.accesses',
    /^9 .+ carol@acme\.test +opened 5 +2026-17 +complaint of 4 May$/m,
  ],
  [
    ['archive', 'checkpoint'],
    'archive.checkpoint',
    /^acme\.test\/chancery\n42\n.*\n\n— acme\.test\/chancery AAAA\n$/,
  ],
  [['archive', 'checkpoint', '--keys'], 'archive.checkpoint', /^acme\.test\/chancery\+00000000\+AAAA$/m],
  [['archive', 'tile', 'tile/0/000'], 'archive.tile', /^q6ur\n$/],
  [['archive', 'lost'], 'archive.lost', /^42 entries; there were 45, so 3 are lacking$/m],
  [['archive', 'lost'], 'archive.lost', /^43 +aa +bob@partner\.test +9 of partner\.test +2026/m],
  [
    ['archive', 'accept-loss', '--reason', 'disk gone'],
    'archive.accept-loss',
    /^the log goes on from 42; 3 entries lost as far as is known$/m,
  ],
  [['archive', 'take-back'], 'archive.take-back', /^44 +not taken +bb .* \[device\.revoked\]$/m],
  [
    ['partner', 'accept-loss', 'b.test', '--size', '41', '--reason', 'told'],
    'partner.accept-loss',
    /^the log of b\.test is witnessed on from 40 entries$/m,
  ],
  [
    ['archive', 'evidence'],
    'archive.evidence',
    /^44 .* partner\.test +receipt +message aa as #9 +its log showed nothing there$/m,
  ],
  [
    ['archive', 'evidence'],
    'archive.evidence',
    /^43 .* partner\.test +fork +5 and 5 +two roots of one size/m,
  ],
];

describe('a command that asks the node', () => {
  for (const [args, operation, text] of COMMANDS) {
    it(`${args.join(' ')}: text for people, the operation’s output as JSON`, async (t) => {
      const cli = await testCli(t);
      await serveFake(t, cli);
      const said = await cli.run(...args);
      assert.deepEqual([said.code, said.err.replace(/^there is more.*\n/, '')], [0, '']);
      assert.match(said.out, text);
      assert.doesNotMatch(said.out, /\u001b/, 'no colours where there is no terminal');
      const json = await cli.run(...args, '--json');
      assert.deepEqual([json.code, json.err], [0, '']);
      assert.ok(OPERATIONS[operation].output.safeParse(JSON.parse(json.out)).success);
    });

    it(`${args.join(' ')}: without a node, fails with one line that says to start it`, async (t) => {
      const { run } = await testCli(t);
      const said = await run(...args);
      assert.equal(said.code, 1);
      assert.equal(said.out, '');
      assert.match(said.err, /^chancery: no node runs .* chancery start \[node\.not-running\]\n$/);
      const json = await run('--json', ...args);
      const { error } = JSON.parse(json.err) as { error: Record<string, unknown> };
      assert.deepEqual(
        [json.code, error['code'], Object.keys(error)],
        [1, 'node.not-running', ['code', 'message', 'facts']],
      );
    });
  }

  it('sends what was asked for, as the contract has it', async (t) => {
    const seen: unknown[] = [];
    const cli = await testCli(t);
    await serveFake(t, cli, {
      'archive.list': (input) => {
        seen.push(input);
        return Promise.resolve({ entries: [], next: null });
      },
    });
    const args = [
      '--person',
      'a@b.test',
      '--after',
      '2026-05-01',
      '--until',
      '2026-05-02T10:00:00+02:00',
      '--before',
      '7',
    ];
    const said = await cli.run('archive', 'list', ...args);
    assert.equal(said.out, 'nothing found\n');
    const [after, until] = ['2026-05-01T00:00:00.000Z', '2026-05-02T08:00:00.000Z'];
    assert.deepEqual(seen, [{ limit: 50, person: 'a@b.test', after, until, before: 7 }]);
  });

  it('ends with 1 when the archive is damaged, after it has said where', async (t) => {
    const cli = await testCli(t);
    const faults = [{ sequence: 3, code: 'signature.invalid', message: 'the signature does not verify' }];
    await serveFake(t, cli, {
      'archive.verify': () =>
        Promise.resolve({ size: 9, root: 'aa', checkpoint: '', messages: 4, sealed: 0, disposed: 0, faults }),
    });
    const said = await cli.run('archive', 'verify');
    assert.equal(said.code, 1);
    assert.match(said.out, /^3 +signature\.invalid +the signature does not verify$/m);
    assert.match(said.err, /^chancery: the archive has 1 fault; .*\[archive\.damaged\]\n$/);
  });

  it('shows nothing from elsewhere that a terminal would act on', async (t) => {
    const cli = await testCli(t, { io: { isTerminal: true }, env: { NO_COLOR: '1' } });
    const evil = 'x\u001b[2J\u009b1m\u202e\r\ny';
    const message = `no ${evil}`;
    await serveFake(t, cli, {
      'partner.list': () => Promise.resolve({ partners: [{ ...PARTNER, domain: evil }] }),
      'partner.show': () => Promise.reject(new ChanceryError('partner.unknown', message)),
    });
    const home = ['--home', cli.home.directory];
    for (const args of [
      ['partner', 'list'],
      ['partner', 'show', 'x'],
    ]) {
      const { out, err } = await cli.run(...args, ...home);
      assert.doesNotMatch(out + err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      assert.match(out + err, /x\\u001b\[2J/);
    }
  });

  it('uses colours on a terminal, unless NO_COLOR is set', async (t) => {
    const plain = await testCli(t, { io: { isTerminal: true }, env: { NO_COLOR: '1' } });
    const coloured = await testCli(t, { io: { isTerminal: true }, env: {} });
    assert.doesNotMatch((await plain.run('status', '--home', plain.home.directory)).err, /\u001b/);
    assert.match((await coloured.run('status', '--home', coloured.home.directory)).err, /\u001b\[31m/);
  });
});

describe('adding a partner', () => {
  async function add(t: Parameters<typeof testCli>[0], answer: boolean | undefined, ...args: string[]) {
    const added: unknown[] = [];
    const questions: string[] = [];
    const confirm = (question: string): Promise<boolean> => {
      questions.push(question);
      return Promise.resolve(answer === true);
    };
    const cli = await testCli(t, { io: { isTerminal: answer !== undefined, confirm } });
    await serveFake(t, cli, {
      'partner.add': (input) => {
        added.push(input);
        return Promise.resolve(PARTNER);
      },
    });
    return { said: await cli.run('partner', 'add', 'partner.test', ...args), added, questions };
  }

  it('shows who it is, asks, and agrees to exactly what was shown', async (t) => {
    const { said, added, questions } = await add(
      t,
      true,
      '--address',
      '/ip4/1.2.3.4/tcp/1',
      '--address',
      '/ip4/1.2.3.4/tcp/2',
    );
    assert.equal(said.code, 0);
    assert.match(said.out, /dnssec: proven from the DNS root/);
    assert.deepEqual(questions, ['Agree to federate with partner.test?']);
    const addresses = ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'];
    assert.deepEqual(added, [{ domain: 'partner.test', rootId: ROOT_ID, addresses, shareDirectory: 'none' }]);
  });

  it('agrees to nothing when the answer is no', async (t) => {
    const { said, added } = await add(t, false);
    assert.deepEqual([said.code, said.err, added], [0, 'nothing was agreed\n', []]);
  });

  it('agrees to nothing when nobody can be asked', async (t) => {
    for (const [answer, ...args] of [[undefined], [true, '--json']] as const) {
      const { said, added } = await add(t, answer, ...args);
      assert.deepEqual([said.code, added], [2, []]);
      assert.match(said.err, /--yes/);
    }
  });
});

describe('the command line', () => {
  it('has a help with an example for every command', async (t) => {
    const { run } = await testCli(t);
    const program = buildProgram({ io: {}, env: {}, version: '' } as unknown as Dependencies);
    const paths = (command: Command, path: string[]): string[][] => [
      path,
      ...command.commands.flatMap((sub) => paths(sub, [...path, sub.name()])),
    ];
    for (const path of paths(program, [])) {
      const said = await run(...path, '--help');
      assert.deepEqual([said.code, said.err], [0, ''], path.join(' '));
      assert.match(
        said.out,
        new RegExp(`Examples:\n {2}\\$ .*chancery.* ?${path.join(' ')}`),
        path.join(' '),
      );
      assert.match(said.out, /--home <dir>/);
      assert.match(said.out, /--json/);
    }
  });

  it('documents every variable that overrides the configuration', async (t) => {
    const { out } = await (await testCli(t)).run('start', '--help');
    for (const [variable, { path }] of Object.entries(OVERRIDES)) {
      assert.match(out, new RegExp(`^ {2}${variable} +${path.join('[.]')}$`, 'm'));
    }
  });

  it('tells a fault of its own, or of the system, in one line', async (t) => {
    const system = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });
    for (const [error, message] of [
      [new Error('first line\n    at stack'), 'this is a fault of chancery: first line'],
      [system, 'the system refused: ENOSPC: no space left'],
    ] as const) {
      const { run } = await testCli(t, { start: () => Promise.reject(error) });
      assert.deepEqual(await run('start'), { code: 1, out: '', err: `chancery: ${message} [internal]\n` });
    }
  });

  it('says its version', async (t) => {
    const { run } = await testCli(t);
    assert.deepEqual(await run('--version'), { code: 0, out: '1.2.3\n', err: '' });
  });

  const WRONG: readonly [args: string[], message: RegExp][] = [
    [[], /a command is missing/],
    [['member'], /a command is missing/],
    [['destroy'], /unknown command 'destroy'/],
    [['status', '--fast'], /unknown option '--fast'/],
    [['status', 'now'], /too many arguments/],
    [['member', 'show'], /missing required argument 'address'/],
    [['member', 'add', 'a@b.test'], /required option '--name <name>' not specified/],
    [['member', 'add', 'a@b.test', '--name', 'A', '--role', 'king'], /roles\.0/],
    [['archive', 'show', 'first'], /not a whole number/],
    [['archive', 'list', '--after', 'yesterday'], /Write it like 2026-05-04/],
    [['archive', 'list', '--after', '2026-13-01'], /Write it like 2026-05-04/],
    [['archive', 'list', '--limit', '501'], /limit/],
    [['init'], /name the domain/],
    [['init', 'acme.test', '--join', 'x'], /one of the two/],
    [['partner', 'add'], /missing required argument 'domain'/],
  ];
  for (const [args, message] of WRONG) {
    it(`ends with 2 and one line for wrong usage: ${args.join(' ')}`, async (t) => {
      const { run } = await testCli(t);
      const said = await run(...args);
      assert.equal(said.code, 2);
      assert.equal(said.out, '');
      assert.match(said.err, message);
      assert.match(said.err, /^chancery: [^\n]* \[request\.invalid\]\n$/);
      const json = JSON.parse((await run(...args, '--json')).err) as { error: { code: string } };
      assert.equal(json.error.code, 'request.invalid');
    });
  }
});

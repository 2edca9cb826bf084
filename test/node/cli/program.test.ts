import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import type { Dependencies } from '../../../node/cli/dependencies.ts';
import { COMMANDS } from '../../../node/cli/command-table.ts';
import { buildProgram } from '../../../node/cli/program.ts';
import { OVERRIDES } from '../../../node/config/index.ts';
import { OPERATIONS } from '../../../node/operations/contract.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { COMMANDS as COMMAND_LINES } from '../../support/command-lines.ts';
import { PARTNER, ROOT_ID } from '../../support/fake-operations.ts';
import { serveFake, testCli } from '../../support/test-cli.ts';

describe('a command that asks the node', () => {
  for (const [args, operation, text] of COMMAND_LINES) {
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
        Promise.resolve({
          size: 9,
          root: 'aa',
          checkpoint: '',
          messages: 4,
          sealed: 0,
          disposed: 0,
          files: 2,
          faults,
        }),
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
    const paths = (command: Command, path: string[]): string[][] => [
      path,
      ...command.commands.flatMap((sub) => paths(sub, [...path, sub.name()])),
    ];
    const every: string[][] = [[]];
    for (const { name } of COMMANDS) {
      const program = await buildProgram([name], { io: {}, env: {}, version: '' } as unknown as Dependencies);
      const command = program.commands.find((one) => one.name() === name);
      assert.ok(command);
      every.push(...paths(command, [name]));
    }
    for (const path of every) {
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
    [['member', 'add', 'a@b.test', '--name', 'A', '--role', 'King'], /roles\.0/],
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

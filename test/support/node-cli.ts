/** The command line on a node of this process, as its operator has it; and the commands that gaps print, run through it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { startAdminServer } from '../../node/admin/index.ts';
import { homeLayout } from '../../node/home/index.ts';
import type { OperationOutput } from '../../node/operations/contract.ts';
import { testCli, type TestCli } from './test-cli.ts';
import type { TestNode } from './test-node.ts';
import { until } from './until.ts';

type Gap = OperationOutput<'gaps'>['gaps'][number];

export interface NodeCli {
  readonly run: TestCli['run'];
  /** What `chancery gaps --json` says. */
  readonly gaps: () => Promise<readonly Gap[]>;
  /** The gap of a kind, and of a subject where one is given; undefined where there is none. */
  readonly gap: (kind: Gap['kind'], subject?: string) => Promise<Gap | undefined>;
  /** Waits for a gap, runs the command that it prints with further arguments, and returns what that says. */
  readonly mend: (kind: Gap['kind'], ...more: string[]) => Promise<string>;
  /** Waits until there is no gap of a kind any more. */
  readonly gone: (kind: Gap['kind'], subject?: string) => Promise<void>;
}

/** @param io what the terminal answers, where a command asks @param more what it runs without a node */
export async function cliOf(
  t: TestContext,
  { settings, operations }: TestNode,
  io: NonNullable<Parameters<typeof testCli>[1]>['io'] = {},
  more: Parameters<typeof testCli>[1] = {},
): Promise<NodeCli> {
  const { directory } = settings.home;
  const server = await startAdminServer({
    socket: homeLayout(directory).adminSocket,
    operations,
    log: pino({ level: 'silent' }),
  });
  t.after(() => server.stop());
  const { run } = await testCli(t, { ...more, env: { CHANCERY_HOME: directory }, io });
  const gaps = async (): Promise<readonly Gap[]> => {
    const { out, err } = await run('gaps', '--json');
    assert.ok(out !== '', err);
    return (JSON.parse(out) as OperationOutput<'gaps'>).gaps;
  };
  const gap: NodeCli['gap'] = async (kind, subject) =>
    (await gaps()).find((one) => one.kind === kind && (subject === undefined || one.subject === subject));
  return {
    run,
    gaps,
    gap,
    async mend(kind, ...more) {
      const found = await until(`the gap ${kind}`, () => gap(kind));
      assert.ok(found.text !== '' && found.affected.length > 0 && found.evidence !== '');
      const [program, ...words] = wordsOf(found.mend);
      assert.equal(program, 'chancery');
      const { code, out, err } = await run(...words, ...more);
      assert.equal(code, 0, `${found.mend}: ${err}`);
      return out;
    },
    gone: async (kind, subject) => {
      await until(`the gap ${kind} to be gone`, async () => (await gap(kind, subject)) === undefined);
    },
  };
}

/** The words of a command line, as a shell takes them. */
export function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/(?:[^\s'\\]|\\.|'[^']*')+/g)].map(([word]) => word);
  return words.map((word) =>
    word.replace(/'[^']*'|\\./g, (part) => (part.startsWith("'") ? part.slice(1, -1) : part.slice(1))),
  );
}

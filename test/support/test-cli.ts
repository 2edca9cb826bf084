/** The command line driven in this process: what it was told, what it said on both streams, and how it ended. */
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { startAdminServer } from '../../node/admin/index.ts';
import type { Dependencies, Io } from '../../node/cli/dependencies.ts';
import { runProgram } from '../../node/cli/program.ts';
import { sodiumSigner, sodiumSuite } from '../../node/crypto/index.ts';
import { platform } from '../../node/composition/platform.ts';
import type { HomeLayout } from '../../node/home/index.ts';
import type { Operations } from '../../node/operations/contract.ts';
import { ChanceryError, refuse } from '../../protocol/errors/index.ts';
import { fakeOperations } from './fake-operations.ts';
import { temporaryHome } from './temporary-home.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface TestCli {
  readonly home: HomeLayout;
  readonly run: (...args: string[]) => Promise<Said>;
}

/** Everything but the home's own files is a fake that can be replaced; by default nobody is at the terminal. */
export async function testCli(
  t: TestContext,
  changed: Partial<Omit<Dependencies, 'io'>> & { readonly io?: Partial<Io> } = {},
): Promise<TestCli> {
  const home = await temporaryHome(t);
  const refused = (): Promise<never> =>
    Promise.reject(new ChanceryError('internal', 'this test expects no such call'));
  return {
    home,
    async run(...args) {
      let [out, err] = ['', ''];
      const code = await runProgram(args, {
        init: refused,
        restore: refused,
        reindex: refused,
        start: refused,
        clock: Date.now,
        doctor: () =>
          Promise.resolve({
            nodeVersion: process.versions.node,
            clock: Date.now,
            suite: sodiumSuite,
            signer: sodiumSigner,
            findDomain: () => Promise.resolve(refuse('dns.unreachable', 'no name server in this test')),
          }),
        randomBytes: platform.randomBytes,
        env: { CHANCERY_HOME: home.directory },
        version: '1.2.3',
        ...changed,
        io: {
          stdout: (text) => (out += text),
          stderr: (text) => (err += text),
          isTerminal: false,
          confirm: refused,
          askSecret: refused,
          onSignal: () => () => undefined,
          exit: () => undefined,
          ...changed.io,
        },
      });
      return { code, out, err };
    },
  };
}

/** A node of the home that answers with the fake operations. */
export async function serveFake(
  t: TestContext,
  { home }: TestCli,
  changed: Partial<Operations> = {},
): Promise<void> {
  const server = await startAdminServer({
    socket: home.adminSocket,
    operations: fakeOperations(changed),
    log: pino({ level: 'silent' }),
  });
  t.after(() => server.stop());
}

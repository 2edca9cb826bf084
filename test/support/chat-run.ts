/** The terminal client driven in this process against a fake node: what it was told and what it said. */
import type { Dependencies } from '../../client/chat/dependencies.ts';
import { runProgram } from '../../client/chat/program.ts';
import { nodeSuite } from '../../client/adapters/node-crypto.ts';
import { valueOf } from '../../protocol/errors/index.ts';
import { decodeMessage } from '../../protocol/message/index.ts';
import { ALICE, CAROL, signedBy, type World } from './client-world.ts';
import { FakeTerminal } from './fake-terminal.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line on a terminal; `enrol` stands for what the organisation answers. */
export function start(
  world: World,
  terminal: FakeTerminal,
  args: string[],
  env: Record<string, string> = {},
  enrol: Dependencies['enrol'] = () => Promise.resolve(world.profile),
): Promise<number> {
  return runProgram(args, {
    terminal,
    env,
    version: '1.2.3',
    defaultHome: '/home/alice/.chancery-chat',
    hostname: 'laptop',
    open: () => world.open(),
    enrol,
  });
}

/** Runs one command line to its end. */
export async function run(world: World, ...args: string[]): Promise<Run> {
  const terminal = new FakeTerminal();
  const code = await start(world, terminal, args);
  return { code, out: terminal.out, err: terminal.err };
}

/** A direct conversation that carol started, with a text of hers; its id. */
export async function fromCarol(world: World, text: string): Promise<Uint8Array> {
  const envelope = await signedBy(world.carol, {
    kind: 'create',
    type: 'direct',
    title: '',
    members: [ALICE, CAROL],
  });
  world.node.archive(envelope);
  const conversation = valueOf(decodeMessage(envelope, nodeSuite)).id;
  world.node.archive(await signedBy(world.carol, { kind: 'text', text }, { conversation }));
  return conversation;
}

/** What was said with --json, line by line. */
export function objects(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

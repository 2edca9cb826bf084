/**
 * The demo: two organisations from their keys to their archives, as real processes on this machine, told step by step.
 * Exits 0 when every step was done; 1, naming the step, when one was not; 2 on wrong usage; 130 when interrupted.
 * Leaves nothing behind, however it ends.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Chapter } from './chapter.ts';
import { absence } from './chapters/absence.ts';
import { agreement } from './chapters/agreement.ts';
import { archives } from './chapters/archives.ts';
import { conversation } from './chapters/conversation.ts';
import { dispute } from './chapters/dispute.ts';
import { organisations } from './chapters/organisations.ts';
import { people } from './chapters/people.ts';
import { policy } from './chapters/policy.ts';
import { revocation } from './chapters/revocation.ts';
import { stranger } from './chapters/stranger.ts';
import { tampering } from './chapters/tampering.ts';
import { sayHowTo } from './how-to.ts';
import { Narrator } from './narrator.ts';
import { Stage } from './stage.ts';

/** In the order of telling: each builds on what those before it left on the stage. */
const CHAPTERS: readonly Chapter[] = [
  organisations,
  agreement,
  people,
  conversation,
  absence,
  revocation,
  stranger,
  archives,
  tampering,
  dispute,
  policy,
];

const ZONES = ['test', 'acme.test', 'partner.test', 'stranger.test', 'partner-invoices.test'];

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

const USAGE = `usage: ./scripts/demo [--check | --keep]

Two organisations, from their keys to their archives, as processes on this machine.

  --check  tell the story and nothing more; non-zero, with the failed step named, if any step fails
  --keep   then leave both organisations running until Ctrl-C, and say how to talk by hand
  --help   show this
`;

interface Options {
  readonly check: boolean;
  readonly keep: boolean;
}

// whatever a failed step left under way must not hold the process
process.exit(await main());

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return DONE;
    }
    if (values.check && values.keep) throw new Error('--check and --keep exclude each other');
    return await perform(values);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return WRONG_USAGE;
  }
}

async function perform(options: Options): Promise<number> {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort());
  process.stdout.on('error', () => end.abort()); // nobody reads on
  process.on('uncaughtException', (error) => end.abort(error));
  const narrator = new Narrator({
    write: (text) => void process.stdout.write(text),
    colours: [process.stdout].every((stream) => stream.isTTY) && !process.env['NO_COLOR'],
    signal: end.signal,
  });
  try {
    await using stage = await Stage.open(ZONES, narrator, end.signal);
    // what one process has compiled, the next need not
    process.env['NODE_COMPILE_CACHE'] ??= join(stage.folder, 'compiled');
    const code = await tell(stage, narrator, options, end.signal);
    end.abort();
    return code;
  } catch (error) {
    narrator.failed(reason(error));
    return FAILED;
  }
}

async function tell(
  stage: Stage,
  narrator: Narrator,
  { check, keep }: Options,
  signal: AbortSignal,
): Promise<number> {
  const begin = performance.now();
  try {
    for (const { title, about, play } of CHAPTERS) {
      narrator.chapter(title, about);
      await play(stage);
    }
  } catch (error) {
    narrator.failed(reason(error));
    if (wasAsked(signal)) return INTERRUPTED;
    narrator.output(await stage.logEnds());
    return FAILED;
  }
  const seconds = Math.round((performance.now() - begin) / 1000);
  narrator.headline(`All ${narrator.steps} steps of ${CHAPTERS.length} chapters were done, in ${seconds} s.`);
  if (check) return DONE;
  if (!keep) {
    narrator.headline('To talk by hand, run ./scripts/demo --keep; with its folder, these are the commands');
    sayHowTo(narrator, '/tmp/chancery-demo-…');
    return DONE;
  }
  await stage.closeChats();
  narrator.headline('Both organisations and the name server run until Ctrl-C. To talk by hand');
  sayHowTo(narrator, stage.folder);
  if (!signal.aborted) await once(signal, 'abort');
  narrator.headline('Stopping both organisations, and removing their folder.');
  return DONE;
}

/** Whether somebody ended the story, and not a fault. */
function wasAsked({ aborted, reason: why }: AbortSignal): boolean {
  return aborted && (why as Error).name === 'AbortError';
}

/** What happened, and what it came from. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause === undefined ? message : `${message}: ${reason(cause)}`;
}

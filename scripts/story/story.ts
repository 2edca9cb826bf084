/**
 * The demo: two organisations from their keys to their archives, as real processes on this machine, told step by step.
 * Exits 0 when every step was done; 1, naming the step, when one was not; 2 on wrong usage. Leaves nothing behind.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { absence } from './chapters/absence.ts';
import { agreement } from './chapters/agreement.ts';
import { archives } from './chapters/archives.ts';
import { conversation } from './chapters/conversation.ts';
import { organisations } from './chapters/organisations.ts';
import { people } from './chapters/people.ts';
import { revocation } from './chapters/revocation.ts';
import { stranger } from './chapters/stranger.ts';
import type { Chapter } from './chapter.ts';
import { Narrator } from './narrator.ts';
import { Stage } from './stage.ts';

const CHAPTERS: readonly Chapter[] = [
  organisations,
  agreement,
  people,
  conversation,
  absence,
  revocation,
  stranger,
  archives,
];
const ZONES = ['test', 'acme.test', 'partner.test', 'stranger.test'];

const USAGE = `usage: ./scripts/demo [--check | --keep]
  --check  tell the story and exit; for machines
  --keep   leave both organisations running until Ctrl-C, to talk by hand
`;

process.exitCode = await main();

async function main(): Promise<number> {
  let options: { check?: boolean; keep?: boolean; help?: boolean };
  try {
    const known = {
      check: { type: 'boolean' },
      keep: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const;
    options = parseArgs({ options: known }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  return tell(options);
}

async function tell({ check = false, keep = false }): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupt.abort());
  }
  const colours = process.stdout.isTTY && !process.env['NO_COLOR'];
  const write = (text: string): void => void process.stdout.write(text);
  const narrator = new Narrator({ write, colours, signal: interrupt.signal });
  await using stage = await Stage.open(ZONES, narrator, interrupt.signal);
  process.env['NODE_COMPILE_CACHE'] ??= join(stage.folder, 'compiled');
  try {
    for (const chapter of CHAPTERS) {
      narrator.chapter(chapter.title, chapter.about);
      await chapter.play(stage);
    }
    return 0;
  } catch (error) {
    console.log(error, check, keep);
    narrator.output(await stage.logEnds());
    interrupt.abort();
    return 1;
  }
}

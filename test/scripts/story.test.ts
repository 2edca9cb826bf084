/** The demo as it is run: all of it, cut short, and called wrongly. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const STORY = fileURLToPath(new URL('../../scripts/story/story.ts', import.meta.url));

/** Milliseconds for the whole story on a busy machine. */
const STORY_MS = 1_200_000;

interface Telling {
  readonly child: ChildProcess;
  /** The folder in which it makes its own. */
  readonly folder: string;
  /** All that was told so far. */
  told(): string;
  /** Resolves when the text has been told, or the story is over. */
  until(text: string): Promise<void>;
  readonly ended: Promise<number | null>;
}

async function tell(t: TestContext, ...args: string[]): Promise<Telling> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-story-'));
  const child = spawn(process.execPath, [STORY, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: STORY_MS,
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  t.after(async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  const until = async (text: string): Promise<void> => {
    while (!told.includes(text) && child.exitCode === null) {
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
  };
  return { child, folder, told: () => told, until, ended };
}

/** The ids of the processes that the story says it started. */
function nodesOf(told: string): number[] {
  const pids = /as processes (\d+) and (\d+)/.exec(told)?.slice(1).map(Number) ?? [];
  assert.equal(pids.length, 2, told);
  return pids;
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('the demo tells the whole story, and leaves nothing behind', { timeout: STORY_MS }, async (t) => {
  const telling = await tell(t, '--check');
  const code = await telling.ended;
  const told = telling.told();
  assert.equal(code, 0, told);
  const headlines = told.split('\n').filter((line) => /^\d+\. /.test(line));
  assert.deepEqual(headlines, [
    '1. Two organisations, each with its keys, its record and its node',
    '2. They agree to federate',
    '3. Four people get their devices',
    '4. A group across both, and a conversation',
    '5. One partner is down, and people go on writing',
    '6. A lost phone is revoked',
    '7. A stranger’s node is refused',
    '8. The archives are compared and verified',
    '9. An administrator edits the archive',
    '10. A dispute',
    '11. A policy, and what slips past nobody',
  ]);
  assert.match(told, /verified through DNSSEC/);
  assert.match(told, /✓ what the phone sends now is refused \[device\.revoked\]/);
  assert.match(told, /✓ acme\.test refuses the node \[agreement\.missing\]/);
  assert.match(told, /✓ the archive of partner\.test verifies/);
  assert.match(told, /✓ one byte is changed: acme\.test names entry \d+, and appends nothing more/);
  assert.match(told, /✓ partner\.test has both checkpoints, signed by acme\.test, as evidence/);
  assert.match(told, /✓ one byte of the page is changed: the check names the file/);
  assert.match(told, /\[approval\.own\]/);
  assert.match(told, /\[partner\.lookalike\]/);
  assert.match(told, /✓ a gap is found, and its mend is run/);
  assert.match(told, /All \d+ steps of 11 chapters were done/);
  assert.doesNotMatch(told, /\u001b/, 'colours, though nobody looks');
  assert.deepEqual(nodesOf(told).filter(runs), []);
  assert.deepEqual(await readdir(telling.folder), []);
});

test('an interrupted demo says where it stopped, ends its processes and removes its folder', async (t) => {
  const telling = await tell(t);
  await telling.until('both nodes run, as processes');
  const nodes = nodesOf(telling.told());
  telling.child.kill('SIGINT');
  telling.child.kill('SIGINT'); // a terminal and npm each pass it on
  assert.equal(await telling.ended, 130, telling.told());
  assert.match(telling.told(), /✗ They agree to federate: .*interrupted/);
  assert.deepEqual(nodes.filter(runs), []);
  assert.deepEqual(await readdir(telling.folder), []);
});

test('a step that fails is named, and ends the demo with 1', async (t) => {
  const telling = await tell(t, '--check');
  await telling.until('both nodes run, as processes');
  const nodes = nodesOf(telling.told());
  process.kill(nodes[0] ?? 0, 'SIGKILL');
  assert.equal(await telling.ended, 1, telling.told());
  assert.match(telling.told(), /✗ They agree to federate: \S.*/);
  assert.doesNotMatch(telling.told(), /All \d+ steps/);
  assert.deepEqual(nodes.filter(runs), []);
  assert.deepEqual(await readdir(telling.folder), []);
});

test('a flag that the demo does not know is wrong usage', async (t) => {
  const telling = await tell(t, '--kepe');
  assert.equal(await telling.ended, 2);
  assert.equal(telling.told(), '');
});

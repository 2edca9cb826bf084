/**
 * A process that appends, and stores its search index meanwhile, is killed at any moment, again and again: every message
 * that the log holds must be found, and nothing else. The file is both the test and, started with a folder, that process.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Corpus } from '../support/corpus.ts';

const KILLS = Number(process.env['CHANCERY_KILLS'] ?? 5);

/** After how many appends at most: each run of the index is stored in the midst of a few. */
const APPENDS_MAX = 40;
const APPEND = 10;

const MEMBERS = [['alice@acme.test', 'bob@partner.test']];
const KINDS = 7;

/** What the message at a sequence number says. */
function textAt(sequence: number): string {
  return `number ${sequence} kind${sequence % KINDS}`;
}

async function appendForEver(folder: string): Promise<never> {
  const corpus = await Corpus.at(folder, MEMBERS);
  for (;;) {
    const { size } = corpus.ledger.log;
    const texts = Array.from({ length: APPEND }, (_, at) => textAt(size + at));
    await corpus.say(...texts.map((text) => ({ text, sender: 'alice@acme.test', conversation: 0 })));
    process.stdout.write(`${size + APPEND}\n`);
  }
}

/** Lets the process append some, and kills it in the midst of what it does then; how many messages are durable. */
async function killOnce(folder: string): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CHANCERY_KILL_TEST_SEARCH: folder, NODE_TEST_CONTEXT: undefined },
  });
  const exited = once(child, 'exit');
  let [appends, durable] = [randomInt(1, APPENDS_MAX), 0];
  for await (const line of createInterface({ input: child.stdout })) {
    durable = Number(line);
    appends -= 1;
    if (appends === 0) child.kill('SIGKILL');
  }
  assert.equal((await exited)[1], 'SIGKILL');
  return durable;
}

async function assertFound(corpus: Corpus): Promise<void> {
  const { size } = corpus.ledger.log;
  for (let kind = 0; kind < KINDS; kind += 1) {
    const expected = Array.from({ length: size }, (_, at) => size - 1 - at).filter(
      (at) => at % KINDS === kind,
    );
    assert.deepEqual(await corpus.find(`kind${kind}`, size), expected);
  }
  for (const sequence of [0, size - 1, randomInt(size)])
    assert.deepEqual(await corpus.find(`"number ${sequence}"`), [sequence]);
  assert.equal(await corpus.count('from:alice'), size);
}

async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-search-kill-'));
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const durable = await killOnce(folder);
      const corpus = await Corpus.at(folder, MEMBERS);
      assert.ok(corpus.ledger.log.size >= durable);
      await assertFound(corpus);
      await corpus.index.stored();
      await assertFound(corpus);
      await corpus.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const folder = process.env['CHANCERY_KILL_TEST_SEARCH'];
if (folder === undefined) test('a kill while the search index is stored loses nothing that was said', run);
else await appendForEver(folder);

/** What a command says of what others wrote: as text and as JSON, nothing in it acts on the terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Voice } from '../../../node/cli/voice.ts';
import { ChanceryError } from '../../../protocol/errors/index.ts';

/** Clears the screen in one control character, turns the line around, and ends it. */
const HOSTILE = 'your prize\u009b2J \u202egpj.exe \u2028\u001b[2J\n"over"';

const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

function voice(json: boolean): { readonly voice: Voice; readonly said: string[] } {
  const said: string[] = [];
  const take = (text: string): void => void said.push(text);
  const io = { stdout: take, stderr: take, isTerminal: true } as unknown as ConstructorParameters<
    typeof Voice
  >[0]['io'];
  return { said, voice: new Voice({ io, env: { NO_COLOR: '1' }, json }) };
}

test('nothing that somebody wrote acts on the terminal, and JSON of it still says the same', () => {
  for (const json of [false, true]) {
    const { voice: one, said } = voice(json);
    one.result({ reason: HOSTILE }, ({ reason }) => `reported: ${reason}\n`);
    one.error(new ChanceryError('request.invalid', HOSTILE));
    assert.equal(said.length, 2);
    for (const text of said) assert.ok(!ACTS.test(text), JSON.stringify(text));
    if (json) assert.deepEqual(JSON.parse(said[0] ?? ''), { reason: HOSTILE });
  }
});

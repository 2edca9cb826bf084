import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger, type LoggerOptions } from '../../../node/log/index.ts';

function collect(options: Omit<LoggerOptions, 'sink'>): {
  lines: string[];
  log: ReturnType<typeof createLogger>;
} {
  const lines: string[] = [];
  return { lines, log: createLogger({ ...options, sink: { write: (line) => void lines.push(line) } }) };
}

describe('the log', () => {
  for (const format of ['json', 'pretty'] as const) {
    it(`holds no keys, codes or content as ${format}`, () => {
      const { lines, log } = collect({ level: 'info', format });
      const secret = 'geheim';
      log.info(
        { seed: secret, text: secret, message: { body: secret, envelope: secret, id: 'abc' } },
        'taken',
      );
      log.info({ frame: { secret, invitation: secret }, content: secret }, 'taken');
      assert.equal(lines.length, 2);
      assert.doesNotMatch(lines.join(''), /geheim/);
      assert.match(lines.join(''), /abc/);
    });
  }

  it('is one JSON object a line, with time and level by name', () => {
    const { lines, log } = collect({ level: 'info', format: 'json' });
    log.debug('not this');
    log.warn({ peer: '12D3' }, 'peer dropped');
    const [line = ''] = lines;
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual(rest, { level: 'warn', peer: '12D3', msg: 'peer dropped' });
    assert.equal(new Date(String(time)).toISOString(), time);
  });

  it('lets nothing that a peer sent reach a terminal as control characters', () => {
    const { lines, log } = collect({ level: 'info', format: 'pretty' });
    log.info({ name: '\u001b[2J\u009b1m' }, 'hello\nlevel=fatal \u001b[31m');
    assert.equal(lines.length, 1);
    assert.doesNotMatch((lines[0] ?? '').trimEnd(), /[\u0000-\u001f\u007f-\u009f]/);
  });
});

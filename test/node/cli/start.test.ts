import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChanceryError } from '../../../protocol/errors/index.ts';
import { testCli } from '../../support/test-cli.ts';

describe('start', () => {
  /** A node that runs until it is stopped, and the signals that reach the command. */
  function running() {
    const closed = Promise.withResolvers<undefined>();
    const handlers = new Set<() => void>();
    const counts = { stops: 0, exits: [] as number[] };
    const node = {
      domain: 'acme.test',
      peer: '12D3KooWNode',
      addresses: ['/ip4/127.0.0.1/tcp/4710'],
      closed: closed.promise,
      stop: () => {
        counts.stops += 1;
        closed.resolve(undefined);
        return Promise.resolve();
      },
    };
    const signal = (): void => handlers.forEach((handler) => handler());
    const io = {
      onSignal: (handler: () => void) => {
        handlers.add(handler);
        return () => void handlers.delete(handler);
      },
      exit: (code: number) => void counts.exits.push(code),
    };
    return { node, io, signal, closed, counts, handlers };
  }

  it('runs until a signal, then stops the node once and ends with 0', async (t) => {
    const { node, io, signal, counts, handlers } = running();
    const announced = Promise.withResolvers<string>();
    const cli = await testCli(t, {
      start: () => Promise.resolve(node),
      io: { ...io, stdout: announced.resolve },
    });
    const ended = cli.run('start');
    assert.match(await announced.promise, /^acme\.test runs as 12D3KooWNode at \/ip4/);
    assert.equal(counts.stops, 0);
    signal();
    const said = await ended;
    assert.deepEqual([said.code, counts.stops, counts.exits, handlers.size], [0, 1, [], 0]);
  });

  it('ends at once on a second signal', async (t) => {
    const { node, io, signal, closed, counts } = running();
    const stopping = Promise.withResolvers<undefined>();
    const stop = (): Promise<void> => {
      stopping.resolve(undefined);
      return closed.promise; // takes its time
    };
    const announced = Promise.withResolvers<string>();
    const cli = await testCli(t, {
      start: () => Promise.resolve({ ...node, stop }),
      io: { ...io, stdout: announced.resolve },
    });
    const ended = cli.run('start');
    await announced.promise;
    signal();
    await stopping.promise;
    assert.deepEqual(counts.exits, []);
    signal();
    assert.deepEqual(counts.exits, [130]);
    closed.resolve(undefined);
    await ended;
  });

  it('stops a node that was still starting when the signal came', async (t) => {
    const { node, io, signal, counts } = running();
    const { run } = await testCli(t, {
      io,
      start: () => {
        signal();
        return Promise.resolve(node);
      },
    });
    assert.equal((await run('start')).code, 0);
    assert.equal(counts.stops, 1);
  });

  it('fails with the reason when the node cannot start, or cannot go on', async (t) => {
    const { node, io, closed } = running();
    const error = new ChanceryError('archive.failed', 'the disk is full');
    const starting = await testCli(t, { start: () => Promise.reject(error), io });
    const expected = 'chancery: the disk is full [archive.failed]\n';
    assert.deepEqual(await starting.run('start'), { code: 1, out: '', err: expected });
    const going = await testCli(t, { start: () => Promise.resolve(node), io });
    closed.reject(error);
    const said = await going.run('start');
    assert.deepEqual([said.code, said.err], [1, expected]);
  });
});

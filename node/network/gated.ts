/** Puts the gate before a protocol that a library service registers by itself: the DHT, identify. */
import type { Stream, Connection, StreamHandler, StreamHandlerOptions } from '@libp2p/interface';
import type { Registrar } from '@libp2p/interface-internal';
import type { Gate } from './gate.ts';

type Audience = 'nodes' | 'anyone proven';

/** A service factory whose stream handlers run for proven nodes only, or for anyone proven; others' streams are dropped. */
export function gated<C extends { registrar: Registrar }, S>(
  gate: Gate,
  factory: (components: C) => S,
  audience: Audience = 'nodes',
): (components: C) => S {
  return (components) => {
    const registrar = new Proxy(components.registrar, {
      get(target, name) {
        if (name === 'handle')
          return (...args: HandleArguments) => target.handle(...gateHandler(gate, audience, args));
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    return factory(
      new Proxy(components, {
        get: (target, name) => (name === 'registrar' ? registrar : (Reflect.get(target, name) as unknown)),
      }),
    );
  };
}

type HandleArguments = [protocol: string, handler: StreamHandler, options?: StreamHandlerOptions];

function gateHandler(
  gate: Gate,
  audience: Audience,
  [protocol, handler, options]: HandleArguments,
): HandleArguments {
  const guarded = async (stream: Stream, connection: Connection): Promise<void> => {
    try {
      const peer = await gate.require(connection, protocol);
      if (audience === 'nodes' && peer.identity.leaf.subject.kind !== 'node')
        throw new Error('only nodes may use this protocol');
      await handler(stream, connection);
    } catch (error) {
      stream.abort(error as Error);
    }
  };
  return options === undefined ? [protocol, guarded] : [protocol, guarded, options];
}

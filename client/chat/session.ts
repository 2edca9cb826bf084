/** A command's use of the device: opened, connected where it must be, and closed whatever happens. */
import type { Client } from '../index.ts';
import type { Dependencies } from './dependencies.ts';
import { tellOfHolds } from './hold-notices.ts';
import { tellOfRecording } from './recording.ts';
import { Voice } from './voice.ts';

export interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
  readonly acceptRecording?: boolean;
  readonly acceptHold?: boolean;
}

export interface Session {
  readonly client: Client;
  readonly voice: Voice;
}

export function homeOf({ home }: GlobalOptions, { defaultHome }: Dependencies): string {
  return home ?? defaultHome;
}

export function voiceOf({ json = false }: GlobalOptions, { terminal, env }: Dependencies): Voice {
  return new Voice(terminal, env, json);
}

/** Connects, reads what is new, acts. Throws why there is no connection, and what the act throws. */
export async function whileConnected<T>(
  options: GlobalOptions,
  dependencies: Dependencies,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  await using client = await dependencies.open(homeOf(options, dependencies));
  await client.connect();
  await client.synced();
  const voice = voiceOf(options, dependencies);
  await tellOfRecording(client, voice, options.acceptRecording ?? false);
  await tellOfHolds(client, voice, options.acceptHold ?? false);
  return await act({ client, voice });
}

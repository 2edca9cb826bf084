/** What every command works with: the home it is about, the voice it speaks with, and the running node it asks. */
import type { Command } from 'commander';
import { findHome, type HomeLayout } from '../home/layout.ts';
import type { OperationInput, OperationName, OperationOutput } from '../operations/contract.ts';
import type { Dependencies } from './dependencies.ts';
import { Voice } from './voice.ts';

export interface Session {
  readonly home: HomeLayout;
  readonly voice: Voice;
  /** Asks the running node; see `callOperation` for what it throws. */
  readonly ask: <N extends OperationName>(name: N, input: OperationInput<N>) => Promise<OperationOutput<N>>;
}

/** Hands each action the session that its command line asks for. */
export type OpenSession = (command: Command) => Session;

export function sessionOpener(dependencies: Dependencies): OpenSession {
  return (command) => {
    const { home: chosen, json } = command.optsWithGlobals<{ home?: string; json?: boolean }>();
    const { io, env } = dependencies;
    const home = findHome(chosen, env);
    return {
      home,
      voice: new Voice({ io, env, json: json === true }),
      ask: async (name, input) => {
        const { callOperation } = await import('../admin/client.ts');
        return await callOperation(home.adminSocket, name, input);
      },
    };
  };
}

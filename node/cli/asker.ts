/** Who is asked for a passphrase: whoever sits at the terminal, if anybody does. */
import type { AskSecret } from '../keys/index.ts';
import type { Io } from './dependencies.ts';

export function askerOf(io: Io): AskSecret {
  return io.isTerminal ? (question) => io.askSecret(question) : null;
}

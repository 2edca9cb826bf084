/** What a check ends in: how it stands, in one line, and the step that mends it. */
import { ChanceryError } from '../../protocol/errors/index.ts';

export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** The command or step that mends it; empty when nothing is wrong. */
  readonly mend: string;
}

export function ok(name: string, message: string): Check {
  return { name, state: 'ok', message, mend: '' };
}

export function warning(name: string, message: string, mend: string): Check {
  return { name, state: 'warning', message, mend };
}

export function failed(name: string, message: string, mend: string): Check {
  return { name, state: 'failed', message, mend };
}

/** Runs checks that may throw: what is thrown is a failed check, whose message already says the mend. */
export async function attempt(
  name: string,
  mend: string,
  run: () => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ChanceryError) {
      return [failed(name, error.message, error.code === 'config.missing' ? 'chancery init DOMAIN' : mend)];
    }
    const message = error instanceof Error ? error.message : String(error);
    return [failed(name, `could not be checked: ${message}`, mend)];
  }
}

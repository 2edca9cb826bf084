#!/usr/bin/env node
/** The `chancery` command. Looks at the version of Node.js before it loads anything that an older one cannot. */
const LEAST = 24;
const { node } = process.versions;

if (Number.parseInt(node, 10) < LEAST) {
  process.stderr.write(
    `chancery: this is Node.js ${node}, chancery needs ${LEAST} or later; install it and run this again\n`,
  );
  process.exitCode = 1;
} else {
  const { keepCompiled } = await import('./compile-cache.ts');
  keepCompiled();
  const { main } = await import('../cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
}

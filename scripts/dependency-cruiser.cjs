/** The layer rules of protocol/README.md, held by a machine. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'protocol-is-pure',
      comment: 'protocol imports neither layer above it, nor anything of Node, nor any transport or store',
      severity: 'error',
      from: { path: '^protocol/' },
      to: {
        path: '^(node|client|scripts|test)/|^node_modules/(libp2p|@libp2p|level|classic-level|pino|fastify|sodium-native)/',
      },
    },
    {
      name: 'protocol-has-no-core-modules',
      severity: 'error',
      from: { path: '^protocol/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'node-and-client-apart', severity: 'error', from: { path: '^node/' }, to: { path: '^client/' } },
    { name: 'client-and-node-apart', severity: 'error', from: { path: '^client/' }, to: { path: '^node/' } },
    {
      name: 'client-sdk-is-portable',
      comment: 'only adapters, the terminal client and its entry may use Node',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/(adapters|chat|bin)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'product-needs-no-tests-or-scripts',
      severity: 'error',
      from: { path: '^(protocol|node|client)/' },
      to: { path: '^(scripts|test)/' },
    },
    {
      name: 'index-only-from-outside',
      comment: 'an index.ts re-exports; nobody inside its folder imports it',
      severity: 'error',
      from: { path: '^(.+)/[^/]+[.]ts$' },
      to: { path: '^$1/index[.]ts$' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};

/** The floor plan of ARCHITECTURE.md: a room may import itself and the rooms listed here, nothing else. */
const rooms = {
  hub: [],
  strategies: ['hub'],
  platform: ['hub', 'strategies'],
  'fallback-cache': ['hub', 'platform'],
  'fallback-sources': ['hub', 'strategies', 'platform', 'fallback-cache'],
  fallback: ['hub', 'strategies', 'platform', 'fallback-cache', 'fallback-sources'],
  users: ['hub', 'platform', 'fallback'],
  repos: ['hub', 'platform', 'fallback', 'fallback-cache', 'users'],
  lists: ['hub', 'platform', 'fallback', 'users', 'repos'],
  web: ['hub', 'platform'],
  admin: ['hub', 'strategies', 'platform', 'fallback-cache', 'fallback-sources', 'fallback', 'users', 'repos'],
};

const nestSuffix =
  '\\.(module|service|controller|resolver|store|entity|dto|guard|filter|pipe|interceptor|decorator)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(rooms).map(([room, below]) => ({
      name: `${room}-looks-down`,
      comment: `${room} may import ${below.join(', ') || 'nothing but itself'}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...below].join('|')})/` },
    })),
    {
      name: 'language-and-rules-need-no-package',
      severity: 'error',
      from: { path: '^src/(hub|strategies)/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'no-io-in-language-and-rules',
      comment: 'node:crypto is a pure function library here (git object ids)',
      severity: 'error',
      from: { path: '^src/(hub|strategies)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'a-file-without-a-nest-suffix-is-pure',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/platform/|^src/main\\.ts$|^src/app\\.|${nestSuffix}` },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/main\\.ts$' },
      to: {},
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};

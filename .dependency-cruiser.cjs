/** The layers of ARCHITECTURE.md: a module may import itself and the modules listed here, nothing else. */
const modules = {
  domain: [],
  platform: ['domain'],
  fallback: ['domain', 'platform'],
  users: ['domain', 'platform', 'fallback'],
  repos: ['domain', 'platform', 'fallback', 'users'],
  lists: ['domain', 'platform', 'fallback', 'users', 'repos'],
  webhooks: ['domain', 'platform', 'fallback', 'users'],
  web: ['domain', 'platform'],
  admin: ['domain', 'platform', 'fallback', 'users', 'repos'],
};

/** Layers inside the modules that have folders: a folder may import itself, the folders listed here, and modules below its own. */
const folders = {
  platform: {
    async: [],
    config: [],
    observability: ['async', 'config'],
    database: ['async', 'config', 'observability'],
    audit: ['async', 'config', 'observability', 'database'],
    identity: ['config', 'observability'],
    cluster: ['async', 'config', 'observability', 'identity'],
    storage: ['async', 'config', 'observability', 'identity'],
    http: ['async', 'config', 'observability', 'database', 'audit', 'identity', 'cluster', 'storage'],
  },
  fallback: {
    strategies: [],
    upstream: ['strategies'],
    cache: ['strategies', 'upstream'],
    sources: ['strategies', 'upstream', 'cache'],
    resolver: ['strategies', 'upstream', 'cache', 'sources'],
    guard: ['strategies', 'upstream', 'cache', 'sources', 'resolver'],
  },
  repos: {
    card: [],
    quota: [],
    facts: [],
    store: ['card', 'quota', 'facts'],
    'content-cache': ['card', 'quota', 'store', 'gc'],
    'xet-reads': ['card', 'quota', 'store', 'content-cache', 'xet'],
    read: ['card', 'quota', 'store', 'content-cache', 'xet-reads'],
    registry: ['card', 'quota', 'facts', 'store', 'content-cache', 'xet-reads', 'read', 'git'],
    prefetch: ['card', 'quota', 'store', 'content-cache', 'read', 'gc'],
    write: ['card', 'quota', 'store'],
    git: ['card', 'quota', 'store'],
    xet: ['card', 'quota', 'store'],
    lfs: ['card', 'quota', 'store', 'git', 'xet'],
    management: ['card', 'quota', 'store', 'write'],
    gc: ['card', 'quota', 'store'],
    'access-requests': ['card', 'quota', 'store'],
  },
};

const nestSuffix =
  '\\.(module|service|controller|resolver|store|queries|entity|dto|guard|filter|pipe|interceptor|decorator)\\.ts$';
const packages = ['npm', 'npm-dev', 'npm-optional', 'npm-peer'];

const moduleRules = Object.entries(modules).map(([name, below]) => ({
  name: `${name}-imports-down`,
  comment: `${name} may import ${below.join(', ') || 'nothing but itself'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...below].join('|')})/` },
}));

const folderRules = Object.entries(folders).flatMap(([name, plan]) =>
  Object.entries(plan).map(([folder, below]) => ({
    name: `${name}-${folder}-imports-down`,
    comment: `${name}/${folder} may import ${below.join(', ') || 'nothing else of its module'}`,
    severity: 'error',
    from: { path: `^src/${name}/${folder}/` },
    to: { path: `^src/${name}/`, pathNot: `^src/${name}/(${[folder, ...below].join('|')})/` },
  })),
);

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...moduleRules,
    ...folderRules,
    {
      name: 'domain-and-strategies-need-no-package',
      severity: 'error',
      from: { path: '^src/(domain|fallback/strategies)/' },
      to: { dependencyTypes: packages },
    },
    {
      name: 'no-io-in-domain-and-strategies',
      comment: 'node:crypto is a pure function library here (git object ids)',
      severity: 'error',
      from: { path: '^src/(domain|fallback/strategies)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'a-file-without-a-nest-suffix-is-pure',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(platform|app|fallback/upstream)/|^src/main\\.ts$|${nestSuffix}` },
      to: { dependencyTypes: packages },
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

// Nest 12 is ESM only: Jest runs the tests as native ES modules (--experimental-vm-modules, see package.json).
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const tier = (name) => ({
  displayName: name,
  rootDir: '.',
  roots: [`<rootDir>/test/${name}`],
  testRegex: '\\.test\\.ts$',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
});

export default {
  testSequencer: './test/longest-first.mjs',
  testTimeout: 120_000, // two files may share two cores, and each may start a fleet
  projects: ['unit', 'contract', 'module', 'e2e', 'clients', 'browser'].map(tier),
};

import { availableParallelism } from 'node:os';

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

const tier = (name, more = {}) => ({
  displayName: name,
  rootDir: '.',
  roots: [`<rootDir>/test/${name}`],
  testRegex: '\\.test\\.ts$',
  testEnvironment: '<rootDir>/test/shared-environment.mjs',
  runtime: '<rootDir>/test/shared-runtime.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  ...more,
});

const inProcess = { globalSetup: '<rootDir>/test/support/temporary-folder-of-run.mjs' };

export default {
  testSequencer: './test/longest-first.mjs',
  testTimeout: 120_000, // two files may share two cores, and each may start a cluster
  workerIdleMemoryLimit: '700MB', // a new process frees the memory that test files did not
  maxWorkers: Math.max(2, availableParallelism() - 1), // by default Jest has one on two cores
  projects: [
    ...['unit', 'contract', 'module', 'e2e'].map((name) => tier(name, inProcess)),
    ...['clients', 'browser'].map((name) => tier(name)),
  ],
};

import { TestEnvironment } from 'jest-environment-node';

/**
 * One environment for all test files of a worker process, so that modules outside of `test` are loaded, linked and compiled once (see
 * shared-runtime.mjs) instead of once per file: that was a quarter of the CPU time of the tests. A test file that replaces a module must
 * not share them: `@jest-environment node` in its first comment gives it a new environment.
 */
class SharedEnvironment extends TestEnvironment {
  modules = { commonJs: new Map(), es: new Map() };
  exit = this.global.process.exit;

  /** Called before each file. */
  async setup() {
    this.variables = { ...this.global.process.env };
  }

  /** Called after each file: the next one finds the environment variables that this one found. */
  async teardown() {
    const { process } = this.global;
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    process.exit = this.exit; // the runner wraps it for each file
  }
}

let shared;

/** Jest calls this as a constructor for each file; what it returns is the environment. */
export default function EnvironmentOfFile(...parameters) {
  return (shared ??= new SharedEnvironment(...parameters));
}

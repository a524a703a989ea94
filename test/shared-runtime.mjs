import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { default: Runtime } = createRequire(import.meta.url)('jest-runtime');

/** Jest loads the runtime with `require` and reads `default` from modules with this mark. */
export const __esModule = true;

/** Loads modules into the registries of a shared environment (shared-environment.mjs), except for modules in `test`, which each test file loads. */
export default class SharedRuntime extends Runtime {
  constructor(...parameters) {
    super(...parameters);
    const [config, environment] = parameters;
    this.modules = environment.modules;
    if (this.modules === undefined) return;
    this.registries.moduleRegistry = this.modules.commonJs;
    this.registries.esModuleRegistry = this.modules.es;
    const tests = `${config.rootDir}/test/`;
    this.ownModules = [tests, pathToFileURL(tests).href, '@jest/globals'];
  }

  teardown() {
    if (this.modules === undefined) {
      super.teardown();
      return;
    }
    this.restoreAllMocks();
    for (const registry of Object.values(this.modules)) {
      for (const key of registry.keys())
        if (this.ownModules.some((start) => key.startsWith(start))) registry.delete(key);
    }
    // The modules that this runtime loaded serve other test files now, and may import further ones.
    this.enterTestCode();
  }
}

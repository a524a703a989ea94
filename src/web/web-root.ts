import { fileURLToPath } from 'node:url';

/** Injection token of the folder that contains the built web app. */
export const WEB_ROOT = Symbol('WebRoot');

/** The build output is in `dist/web`, next to the compiled hub in `dist/src`. */
export const webRoot = (): string =>
  fileURLToPath(new URL(import.meta.url.includes('/dist/src/') ? '../../web' : '../../dist/web', import.meta.url));

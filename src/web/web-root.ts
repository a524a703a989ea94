import { fileURLToPath } from 'node:url';

/** Injection token of the folder with the built web app. */
export const WEB_ROOT = Symbol('WebRoot');

/** The build puts the app beside the compiled hub: `dist/web` and `dist/src`. */
export const webRoot = (): string =>
  fileURLToPath(new URL(import.meta.url.includes('/dist/src/') ? '../../web' : '../../dist/web', import.meta.url));

// Allows child processes of tests, and threads, to run TypeScript sources: `node --import <this file> child.ts`.
import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);

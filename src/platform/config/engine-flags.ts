import { setFlagsFromString } from 'node:v8';

/**
 * Starts with little memory. V8 doubles its young generation while modules load, up to 32 MB, and keeps that much in an idle process.
 * PGlite's WebAssembly is optimized by one thread, since each thread keeps its working memory, and only in functions that are still hot
 * after the start: optimizing the largest takes 500 MB for a moment on Node 24. bench/README.md has the figures.
 * @returns lets the young generation grow again: call it when the hub is up, since throughput needs it
 */
export function startSmall(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--wasm-num-compilation-tasks=1');
  setFlagsFromString('--wasm-tiering-budget=1000000000');
  return () => setFlagsFromString('--semi-space-growth-factor=2');
}

import { setFlagsFromString } from 'node:v8';

/**
 * Limits memory use during startup. V8 doubles its young generation while modules load, up to 32 MB, and an idle process keeps that much.
 * PGlite's WebAssembly is optimized by one thread only, since each thread keeps its working memory, and only functions that are still hot
 * after startup are optimized: for the largest one, this briefly takes 500 MB on Node 24. Measurements are in bench/README.md.
 * @returns a function that lets the young generation grow again, for throughput. Call it after startup.
 */
export function startSmall(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--wasm-num-compilation-tasks=1');
  setFlagsFromString('--wasm-tiering-budget=1000000000');
  return () => setFlagsFromString('--semi-space-growth-factor=2');
}

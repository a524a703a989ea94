import { totalmem } from 'node:os';
import type { ClientLimits } from './hub-config.js';
import type { Settings } from './variables.js';

const MIB = 1024 * 1024;
const MIN_BODY_BYTES = 32 * MIB;
const MAX_BODY_BYTES = 512 * MIB;
/** Parsed bodies need several times their size, and the rest of the hub needs most of the memory of a small container. */
const BODY_PART = 1 / 8;

/** The memory for bodies if it is not set. In a container without a limit, `constrained` is 0 or far above the memory of the machine. */
export function defaultBodyBytes(constrained: number, total: number): number {
  const available = constrained > 0 ? Math.min(constrained, total) : total;
  return Math.min(MAX_BODY_BYTES, Math.max(MIN_BODY_BYTES, Math.floor(available * BODY_PART)));
}

export const clientLimitsOf = (settings: Settings): ClientLimits => ({
  idleMs: settings.idleTimeout,
  maxRequests: settings.clientRequests,
  maxConnections: settings.clientConnections,
  maxStreams: settings.clientStreams,
  memoryBytes: settings.bodyMemory ?? defaultBodyBytes(process.constrainedMemory(), totalmem()),
});

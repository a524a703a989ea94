import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { HubConfig } from '../platform/config/hub-config.js';
import { Lifecycle } from '../platform/http/lifecycle.service.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * An orderly end: at once not ready and each connection's last answer; after a delay in which balancers notice, no new connections; then
 * what is in flight may finish. A second signal ends it there and then.
 * @param exit ends the process
 */
export function endOnSignal(
  app: INestApplication,
  { delayMs }: HubConfig['shutdown'],
  exit: (code: number) => void,
): void {
  let isEnding = false;
  const end = async (signal: (typeof SIGNALS)[number]): Promise<void> => {
    if (isEnding) return exit(128 + constants.signals[signal]);
    isEnding = true;
    app.get(Lifecycle).startShutdown();
    await pause(delayMs);
    await app.close();
    exit(0);
  };
  for (const signal of SIGNALS) process.on(signal, () => void end(signal));
}

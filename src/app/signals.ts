import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { HubConfig } from '../platform/config/hub-config.js';
import { Lifecycle } from '../platform/http/lifecycle.service.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Shuts down gracefully on a stop signal. The hub is at once not ready, and each response is the last on its connection. After a delay, in
 * which load balancers notice this, it accepts no new connections, and running requests may finish. A second signal exits immediately.
 * @param exit - ends the process
 */
export function shutDownOnSignal(
  app: INestApplication,
  { delayMs }: HubConfig['shutdown'],
  exit: (code: number) => void,
): void {
  let isShuttingDown = false;
  const shutDown = async (signal: (typeof SIGNALS)[number]): Promise<void> => {
    if (isShuttingDown) return exit(128 + constants.signals[signal]);
    isShuttingDown = true;
    app.get(Lifecycle).startShutdown();
    await pause(delayMs);
    await app.close();
    exit(0);
  };
  for (const signal of SIGNALS) process.on(signal, () => void shutDown(signal));
}

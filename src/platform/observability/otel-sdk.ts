import { hostname } from 'node:os';
import { core, NodeSDK, resources } from '@opentelemetry/sdk-node';
import type { HubConfig } from '../config/hub-config.js';
import { warnUnsentTraces } from './unsent-traces.js';

/** Minimum time between two warnings about unsent traces. */
const WARN_INTERVAL_MS = 60_000;

function throttledWarning(): (error: unknown) => void {
  let warnedAt = -Infinity;
  return (error) => {
    if (performance.now() - warnedAt < WARN_INTERVAL_MS) return;
    warnedAt = performance.now();
    warnUnsentTraces(error);
  };
}

/**
 * Starts the OpenTelemetry SDK, which reads its settings from the environment. This file is only loaded if tracing is enabled, because the
 * SDK is large. The process detector is not used, because it would report the command line. Metrics and logs are not sent over OpenTelemetry.
 */
export function startSdk({ tracing, version }: Pick<HubConfig, 'tracing' | 'version'>): NodeSDK {
  const { serviceName } = tracing;
  const attributes = { 'service.name': serviceName, 'service.version': version, 'host.name': hostname() };
  core.setGlobalErrorHandler(throttledWarning());
  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes(attributes)),
    resourceDetectors: [resources.envDetector],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return sdk;
}

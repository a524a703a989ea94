import { hostname } from 'node:os';
import { core, NodeSDK, resources } from '@opentelemetry/sdk-node';
import type { HubConfig } from '../config/hub-config.js';
import { sayUnsent } from './say-unsent.js';

/** How often it is said, at most, that traces do not arrive. */
const SAY_EVERY_MS = 60_000;

function complainNowAndThen(): (error: unknown) => void {
  let said = -Infinity;
  return (error) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    sayUnsent(error);
  };
}

/**
 * Starts OpenTelemetry's SDK, which reads its own variables: exporter, sampler, limits. Loaded only where traces are wanted: it is large.
 * Of its detectors none looks at the process, whose arguments are nobody's business; figures and log lines have ways of their own.
 */
export function startSdk({ tracing, version }: Pick<HubConfig, 'tracing' | 'version'>): NodeSDK {
  const { serviceName } = tracing;
  const own = { 'service.name': serviceName, 'service.version': version, 'host.name': hostname() };
  core.setGlobalErrorHandler(complainNowAndThen());
  const sdk = new NodeSDK({
    resource: resources.defaultResource().merge(resources.resourceFromAttributes(own)),
    resourceDetectors: [resources.envDetector],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return sdk;
}

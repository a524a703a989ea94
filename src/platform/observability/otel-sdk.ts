import { hostname } from 'node:os';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  NodeTracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { passToSdk } from '../config/tracing-variables.js';
import type { HubConfig } from '../config/hub-config.js';
import { warnUnsentTraces } from './unsent-traces.js';

/** Minimum time between two warnings about unsent traces. */
const WARN_INTERVAL_MS = 60_000;

const EXPORTERS: Readonly<Record<HubConfig['tracing']['exporter'], () => SpanExporter>> = {
  'http/protobuf': () => new ProtobufExporter(),
  'http/json': () => new JsonExporter(),
  console: () => new ConsoleSpanExporter(),
};

function throttledWarning(): (error: unknown) => void {
  let warnedAt = -Infinity;
  return (error) => {
    if (performance.now() - warnedAt < WARN_INTERVAL_MS) return;
    warnedAt = performance.now();
    warnUnsentTraces(error);
  };
}

/**
 * Starts the tracing part of the OpenTelemetry SDK, which reads its settings from the environment. This file is only loaded if tracing is enabled.
 * The complete SDK (`@opentelemetry/sdk-node`) is not used, because it includes exporters of metrics and logs, which take 180 MB. The process
 * detector is not used, because it would report the command line.
 */
export function startSdk({ tracing, version }: Pick<HubConfig, 'tracing' | 'version'>): NodeTracerProvider {
  const { serviceName, exporter, variables } = tracing;
  passToSdk(variables);
  const attributes = { 'service.name': serviceName, 'service.version': version, 'host.name': hostname() };
  setGlobalErrorHandler(throttledWarning());
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes(attributes))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(EXPORTERS[exporter]())],
  });
  provider.register();
  return provider;
}

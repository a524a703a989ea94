import * as parse from './parsers.js';
import { optional, secret, withDefault } from './variable.js';

/**
 * OpenTelemetry's standard variables. The hub uses these to decide whether tracing is enabled. The SDK then reads them itself, along with all
 * others of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
 */
export const TRACING_VARIABLES = {
  tracesEndpoint: secret(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    parse.urlOf('http', 'https'),
    'URL that traces are sent to, such as http://collector:4318/v1/traces. Setting it enables tracing',
  ),
  otlpEndpoint: secret(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse.urlOf('http', 'https'),
    'Base URL of the collector, such as http://collector:4318. Setting it enables tracing',
  ),
  otlpHeaders: secret(
    'OTEL_EXPORTER_OTLP_HEADERS',
    parse.printable(1, 4000),
    'Request headers for the collector, such as authorization=Bearer%20secret',
  ),
  otlpProtocol: withDefault(
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'http/protobuf',
    parse.oneOf('http/protobuf', 'http/json'),
    'Protocol of the collector: http/protobuf or http/json, by default on port 4318. gRPC is not supported',
  ),
  tracesExporter: optional(
    'OTEL_TRACES_EXPORTER',
    parse.oneOf('otlp', 'console', 'none'),
    'otlp enables tracing, with port 4318 of this machine as the default endpoint; console prints traces; none disables tracing',
  ),
  tracesSampler: withDefault(
    'OTEL_TRACES_SAMPLER',
    'parentbased_always_on',
    parse.oneOf(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
    "Sampler of the traced requests. The parentbased samplers follow the caller's traceparent header if there is one",
  ),
  tracesSamplerArg: optional(
    'OTEL_TRACES_SAMPLER_ARG',
    parse.fraction,
    'Fraction of requests that a traceidratio sampler traces, such as 0.1',
  ),
  serviceName: withDefault(
    'OTEL_SERVICE_NAME',
    'hubfall',
    parse.printable(1, 255),
    'Service name of the hub in traces',
  ),
  otelDisabled: withDefault(
    'OTEL_SDK_DISABLED',
    'false',
    parse.boolean,
    'true disables tracing, regardless of the other settings',
  ),
};

/** Passes variables that were read from files to OpenTelemetry's SDK, which only reads the environment. */
export function passToSdk(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}

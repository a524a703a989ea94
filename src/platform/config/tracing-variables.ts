import * as parse from './parsers.js';
import { given, optional, secret } from './variable.js';

/**
 * OpenTelemetry's own variables. The hub decides by them whether it traces at all; its SDK then reads them itself, these and any other
 * of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
 */
export const TRACING_VARIABLES = {
  tracesEndpoint: secret(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    parse.urlOf('http', 'https'),
    'Where traces are sent, as http://collector:4318/v1/traces. Unset, and no other of the OTEL variables switching them on: there are none',
  ),
  otlpEndpoint: secret(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse.urlOf('http', 'https'),
    'The same without the path, as http://collector:4318: switches traces on as well',
  ),
  otlpHeaders: secret(
    'OTEL_EXPORTER_OTLP_HEADERS',
    parse.printable(1, 4000),
    'What the collector wants to see besides, as authorization=Bearer%20secret',
  ),
  otlpProtocol: given(
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'http/protobuf',
    parse.oneOf('http/protobuf', 'http/json', 'grpc'),
    'How the collector is spoken to',
  ),
  tracesExporter: optional(
    'OTEL_TRACES_EXPORTER',
    parse.oneOf('otlp', 'console', 'none'),
    'otlp: traces are sent, to port 4318 of this machine where no endpoint is set; console: written to the output; none: there are none',
  ),
  tracesSampler: given(
    'OTEL_TRACES_SAMPLER',
    'parentbased_always_on',
    parse.oneOf(
      ...(['always_on', 'always_off', 'traceidratio'] as const),
      ...(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const),
    ),
    'Which requests are traced; parentbased: as whoever asks says in traceparent',
  ),
  tracesSamplerArg: optional(
    'OTEL_TRACES_SAMPLER_ARG',
    parse.share,
    'The share of requests that a traceidratio sampler traces: 0.1',
  ),
  serviceName: given('OTEL_SERVICE_NAME', 'hubfall', parse.printable(1, 255), 'What the hub is called in traces'),
  otelDisabled: given('OTEL_SDK_DISABLED', 'false', parse.yesOrNo, 'true: no traces, whatever else is set'),
};

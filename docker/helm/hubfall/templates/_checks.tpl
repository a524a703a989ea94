{{/* Whether the hub gets a setting, directly or from a file. */}}
{{- define "hubfall.has" -}}
{{- $settings := .root.Values.settings | default dict -}}
{{- if or (has .name (include "hubfall.secretKeys" .root | fromJsonArray)) (get $settings .name) (get $settings (printf "%s_FILE" .name)) }}yes{{ end -}}
{{- end }}

{{/* Fails if `map` has a key that the chart sets itself. `value` is the name of the map in values.yaml. */}}
{{- define "hubfall.refuseKeys" -}}
{{- range .keys }}
{{- if hasKey ($.map | default dict) . }}
{{- fail (printf "%s: remove %s, which the chart sets itself." $.value .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The fields of sources with credentials, as in src/domain/source-schema.ts. */}}
{{- define "hubfall.sourceSecretFields" -}}
["token","basic_auth","headers","client_certificate"]
{{- end }}

{{/* A field with credentials in a list of sources, if there is one. */}}
{{- define "hubfall.sourceSecret" -}}
{{- range $source := fromJsonArray . }}
{{- if kindIs "map" $source }}
{{- range include "hubfall.sourceSecretFields" $ | fromJsonArray }}
{{- if get $source . }}{{ . }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Settings that belong elsewhere. A setting that is null counts as not set. */}}
{{- define "hubfall.checkSettings" -}}
{{- $secretKeys := include "hubfall.secretKeys" . | fromJsonArray }}
{{- $withPassword := "(://[^/@]*:[^/]*@)|password=" }}
{{- $always := list "KOHAKU_HUB_SECRET_KEY" "KOHAKU_HUB_NEW_SECRET_KEY" "KOHAKU_HUB_ADMIN_SECRET_TOKEN" "KOHAKU_HUB_S3_ACCESS_KEY" "KOHAKU_HUB_S3_SECRET_KEY" "KOHAKU_HUB_METRICS_TOKEN" "OTEL_EXPORTER_OTLP_HEADERS" }}
{{- $own := list "KOHAKU_HUB_DATA_DIR" "KOHAKU_HUB_STORAGE" "PORT" "HOST" }}
{{- if .Values.certificateAuthorities.configMap }}
{{- $own = concat $own (list "KOHAKU_HUB_CA_FILE" "NODE_EXTRA_CA_CERTS") }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{- if kindIs "invalid" $value }}
{{- else if has $name $own }}
{{- fail (printf "settings: remove %s, which the chart sets itself (the values mode, persistence, service.port and certificateAuthorities decide)." $name) }}
{{- else if or (has $name $secretKeys) (has (trimSuffix "_FILE" $name) $secretKeys) }}
{{- fail (printf "settings: remove %s, which is also one of the secrets. If your Secret does not have it, list the keys that it has in secrets.keys." $name) }}
{{- else if or (has $name $always) (regexMatch $withPassword (toString $value)) (and (eq $name "KOHAKU_HUB_FALLBACK_SOURCES") (include "hubfall.sourceSecret" (toString $value))) }}
{{- fail (printf "settings: move %s to a Secret (see secrets in values.yaml), because everyone who can read ConfigMaps could read it." $name) }}
{{- else if regexMatch "^OTEL_.+_HEADERS$" $name }}
{{- fail (printf "settings: remove %s, and add OTEL_EXPORTER_OTLP_HEADERS to a Secret (see secrets in values.yaml), because everyone who can read ConfigMaps could read it." $name) }}
{{- end }}
{{- end }}
{{- range $name, $max := dict "KOHAKU_HUB_SHUTDOWN_DELAY" 600 "KOHAKU_HUB_SHUTDOWN_TIMEOUT" 86400 }}
{{- $text := include "hubfall.text" (get ($.Values.settings | default dict) $name | default "0") }}
{{- if or (not (regexMatch "^[0-9]{1,9}([.][0-9]{1,3})?$" $text)) (gt (float64 $text) (float64 $max)) }}
{{- fail (printf "settings: %s is %q, but must be a number of seconds from 0 to %v." $name $text $max) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Replicas that would lose data or behave differently from each other, and numbers of replicas without an effect. */}}
{{- define "hubfall.checkReplicas" -}}
{{- $replicas := .Values.replicas | default 0 | int }}
{{- if eq .Values.mode "small" }}
{{- if gt $replicas 1 }}
{{- fail (printf "The mode small has one replica, because only one process can open the embedded database. Remove replicas: %d, or use the mode fleet." $replicas) }}
{{- end }}
{{- else }}
{{- if not (include "hubfall.secretName" .) }}
{{- fail "The mode fleet needs secrets: set secrets.existingSecret, or enable secrets.externalSecret (see values.yaml)." }}
{{- end }}
{{- if not (include "hubfall.has" (dict "root" . "name" "KOHAKU_HUB_DATABASE_URL")) }}
{{- fail "The mode fleet needs a PostgreSQL server: add KOHAKU_HUB_DATABASE_URL to the secrets (secrets.keys or secrets.values). Without it, each replica would use its own embedded database, and lose it with the pod." }}
{{- end }}
{{- range list "KOHAKU_HUB_SECRET_KEY" "KOHAKU_HUB_ADMIN_SECRET_TOKEN" }}
{{- if not (include "hubfall.has" (dict "root" $ "name" .)) }}
{{- fail (printf "The mode fleet needs %s: add it to the secrets (secrets.keys or secrets.values). Without it, each replica would generate its own, and lose it with the pod." .) }}
{{- end }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas (%v) must not be greater than autoscaling.maxReplicas (%v)." .Values.autoscaling.minReplicas .Values.autoscaling.maxReplicas) }}
{{- end }}
{{- if $replicas }}
{{- fail (printf "Remove replicas: %d, because autoscaling decides. Set autoscaling.minReplicas and maxReplicas, or autoscaling.enabled: false." $replicas) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A host with and without private paths would expose the private ones. */}}
{{- define "hubfall.checkHosts" -}}
{{- $public := list }}
{{- if .Values.ingress.enabled }}
{{- $public = append $public .Values.ingress.host }}
{{- end }}
{{- if .Values.httpRoute.enabled }}
{{- $public = concat $public (.Values.httpRoute.hostnames | default list) }}
{{- end }}
{{- if and .Values.ingress.admin.enabled (has .Values.ingress.admin.host $public) }}
{{- fail (printf "ingress.admin.host must differ from the public host %s, which must not forward the private paths." .Values.ingress.admin.host) }}
{{- end }}
{{- end }}

{{/* What the schema of the values cannot express. */}}
{{- define "hubfall.check" -}}
{{- $origins := list .Values.secrets.existingSecret .Values.secrets.values (.Values.secrets.externalSecret.enabled | ternary "external" "") | compact }}
{{- if gt (len $origins) 1 }}
{{- fail "Set only one of secrets.existingSecret, secrets.values and secrets.externalSecret." }}
{{- end }}
{{- $name := include "hubfall.fullname" . }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) }}
{{- fail (printf "%q cannot be the name of a Service: it must begin with a letter, and have only lower-case letters, digits and hyphens. Set fullnameOverride." $name) }}
{{- end }}
{{- $labels := append (include "hubfall.labels" . | fromYaml | keys | sortAlpha) "app.kubernetes.io/component" }}
{{- include "hubfall.refuseKeys" (dict "value" "podLabels" "map" .Values.podLabels "keys" $labels) }}
{{- include "hubfall.refuseKeys" (dict "value" "podAnnotations" "map" .Values.podAnnotations "keys" (list "checksum/settings" "checksum/secrets")) }}
{{- include "hubfall.refuseKeys" (dict "value" "monitoring.serviceMonitor.labels" "map" .Values.monitoring.serviceMonitor.labels "keys" $labels) }}
{{- include "hubfall.refuseKeys" (dict "value" "monitoring.alerts.labels" "map" .Values.monitoring.alerts.labels "keys" $labels) }}
{{- include "hubfall.checkSettings" . }}
{{- include "hubfall.checkReplicas" . }}
{{- include "hubfall.checkHosts" . }}
{{- end }}

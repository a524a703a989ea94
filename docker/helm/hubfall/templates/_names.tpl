{{- define "hubfall.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "hubfall.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "hubfall.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "hubfall.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "hubfall.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hubfall.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "hubfall.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "hubfall.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "hubfall.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "hubfall.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "hubfall.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if .Values.image.digest -}}
{{- printf "%s:%s@%s" .Values.image.repository $tag .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}
{{- end }}

{{/* The name of the Secret, or nothing if the hub generates its secrets. */}}
{{- define "hubfall.secretName" -}}
{{- if .Values.secrets.existingSecret -}}
{{- .Values.secrets.existingSecret -}}
{{- else if or .Values.secrets.values .Values.secrets.externalSecret.enabled -}}
{{- include "hubfall.fullname" . -}}
{{- end -}}
{{- end }}

{{/* The names of the secret settings, as a JSON list. */}}
{{- define "hubfall.secretKeys" -}}
{{- if .Values.secrets.values -}}
{{- keys .Values.secrets.values | sortAlpha | toJson -}}
{{- else if .Values.secrets.keys -}}
{{- .Values.secrets.keys | toJson -}}
{{- else if not (include "hubfall.secretName" .) -}}
[]
{{- else if eq .Values.mode "fleet" -}}
["KOHAKU_HUB_SECRET_KEY","KOHAKU_HUB_ADMIN_SECRET_TOKEN","KOHAKU_HUB_DATABASE_URL","KOHAKU_HUB_REDIS_URL","KOHAKU_HUB_S3_ACCESS_KEY","KOHAKU_HUB_S3_SECRET_KEY","KOHAKU_HUB_METRICS_TOKEN"]
{{- else -}}
["KOHAKU_HUB_SECRET_KEY","KOHAKU_HUB_ADMIN_SECRET_TOKEN","KOHAKU_HUB_METRICS_TOKEN"]
{{- end -}}
{{- end }}

{{/* A value of a setting as text. Helm reads numbers as floating-point numbers, which would turn 100000000 into 1e+08. */}}
{{- define "hubfall.text" -}}
{{- if kindIs "float64" . -}}
{{- eq . (floor .) | ternary (int64 . | toString) (toString .) -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end }}

{{/* A setting in whole seconds, rounded up: the values, its name and its default. */}}
{{- define "hubfall.seconds" -}}
{{- $value := get ((index . 0).Values.settings | default dict) (index . 1) -}}
{{- $text := kindIs "invalid" $value | ternary "" (include "hubfall.text" $value) -}}
{{- $text | default (index . 2) | float64 | ceil | int -}}
{{- end }}

{{/* The settings of the hub, and those of the chart itself (_checks.tpl). NODE_EXTRA_CA_CERTS is for PostgreSQL. */}}
{{- define "hubfall.settings" -}}
{{- range $name, $value := .Values.settings }}
{{- if not (kindIs "invalid" $value) }}
{{ $name }}: {{ include "hubfall.text" $value | quote }}
{{- end }}
{{- end }}
KOHAKU_HUB_DATA_DIR: /data
KOHAKU_HUB_STORAGE: {{ eq .Values.mode "fleet" | ternary "s3" "fs" }}
{{- range include "hubfall.secretKeys" . | fromJsonArray }}
{{ . }}_FILE: /run/secrets/hubfall/{{ . }}
{{- end }}
{{- if .Values.certificateAuthorities.configMap }}
KOHAKU_HUB_CA_FILE: /run/authorities/{{ .Values.certificateAuthorities.key }}
NODE_EXTRA_CA_CERTS: /run/authorities/{{ .Values.certificateAuthorities.key }}
{{- end }}
{{- end }}

{{/* Values that change whenever the pods must be replaced. A Secret of another owner is read from the cluster. */}}
{{- define "hubfall.checksums" -}}
checksum/settings: {{ include "hubfall.settings" . | sha256sum }}
{{- if .Values.secrets.values }}
checksum/secrets: {{ .Values.secrets.values | toJson | sha256sum }}
{{- else if include "hubfall.secretName" . }}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "hubfall.secretName" .) }}
checksum/secrets: {{ printf "%s %s" ($secret.data | toJson) .Values.secrets.revision | sha256sum }}
{{- end }}
{{- end }}

{{- define "hubfall.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "hubfall.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "hubfall.volumeMounts" -}}
- name: data
  mountPath: /data
- name: tmp
  mountPath: /tmp
{{- if include "hubfall.secretName" . }}
- name: secrets
  mountPath: /run/secrets/hubfall
  readOnly: true
{{- end }}
{{- if .Values.certificateAuthorities.configMap }}
- name: authorities
  mountPath: /run/authorities
  readOnly: true
{{- end }}
{{- end }}

{{/* All volumes except data. `secretName` is the name of the Secret. */}}
{{- define "hubfall.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 1Gi
{{- if .secretName }}
- name: secrets
  secret:
    secretName: {{ .secretName | quote }}
    defaultMode: 0440
{{- end }}
{{- with .root.Values.certificateAuthorities }}
{{- if .configMap }}
- name: authorities
  configMap:
    name: {{ .configMap | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The pod template of the Deployment and the StatefulSet. */}}
{{- define "hubfall.pod" -}}
metadata:
  annotations:
    {{- include "hubfall.checksums" . | nindent 4 }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "hubfall.labels" . | nindent 4 }}
    app.kubernetes.io/component: hub
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "hubfall.serviceAccount" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- /* Longer than the shutdown of the hub, so that running downloads can finish. */}}
  terminationGracePeriodSeconds: {{ add (include "hubfall.seconds" (list . "KOHAKU_HUB_SHUTDOWN_DELAY" "0")) (include "hubfall.seconds" (list . "KOHAKU_HUB_SHUTDOWN_TIMEOUT" "25")) 15 }}
  securityContext:
    {{- include "hubfall.podSecurity" . | nindent 4 }}
  {{- if eq .Values.mode "fleet" }}
  topologySpreadConstraints:
    {{- if .Values.topologySpreadConstraints }}
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "hubfall.selectorLabels" $ | nindent 10 }}
          app.kubernetes.io/component: hub
      matchLabelKeys: [pod-template-hash]
    {{- end }}
    {{- end }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: hub
      image: {{ include "hubfall.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      envFrom:
        - configMapRef:
            name: {{ include "hubfall.fullname" . }}
      ports:
        - name: http
          containerPort: 8080
      {{- /* Migrating a large database may take minutes, and other replicas wait for it. */}}
      startupProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 2
        failureThreshold: 300
      readinessProbe:
        httpGet: {path: /health/ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      livenessProbe:
        httpGet: {path: /health/live, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "hubfall.containerSecurity" . | nindent 8 }}
      volumeMounts:
        {{- include "hubfall.volumeMounts" . | nindent 8 }}
  volumes:
    {{- if eq .Values.mode "fleet" }}
    - name: data
      emptyDir:
        sizeLimit: {{ .Values.temporaryStorage }}
    {{- else if .Values.persistence.existingClaim }}
    - name: data
      persistentVolumeClaim:
        claimName: {{ .Values.persistence.existingClaim | quote }}
    {{- end }}
    {{- include "hubfall.volumes" (dict "root" . "secretName" (include "hubfall.secretName" .)) | nindent 4 }}
{{- end }}
